package org.signalpost.relay.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.signalpost.rewrite.RawMessage;

class PriorityTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Subject: x                                      | NORMAL
            Priority: urgent                                | URGENT
            PRIORITY:\tUrgent                               | URGENT
            Priority: normal                                | NORMAL
            Priority: non-urgent                            | NON_URGENT
            Priority: urgent (x)                            | URGENT
            MT-Priority: (now) 4                            | URGENT
            Priority: soon                                  | NORMAL
            X-Priority: 1                                   | NORMAL
            Importance: high                                | NORMAL
            MT-Priority: 4                                  | URGENT
            MT-Priority: +9                                 | URGENT
            MT-Priority: 0                                  | NORMAL
            MT-Priority: -3                                 | NON_URGENT
            MT-Priority: 99999999999                        | NORMAL
            MT-Priority: x~Priority: urgent                 | URGENT
            MT-Priority: -1~Priority: urgent                | NON_URGENT
            Precedence: bulk                                | NON_URGENT
            Precedence: LIST                                | NON_URGENT
            Precedence: junk                                | NON_URGENT
            Precedence: first-class                         | NORMAL
            List-Id: <news.example.org>                     | NON_URGENT
            List-Unsubscribe: <https://example.org/leave>   | NON_URGENT
            List-Unsubscribe: <https://a.b/>~Priority: normal | NORMAL
            Precedence: bulk~Priority: urgent               | URGENT
            Subject: x~~Priority: urgent                    | NORMAL
            """)
    void is_what_the_header_says(String header, Priority wanted) {
        String mail = header.replace("~", "\r\n") + "\r\n\r\nPriority: urgent\r\n";

        assertThat(Priority.of(RawMessage.of(mail.getBytes(StandardCharsets.ISO_8859_1))))
                .isEqualTo(wanted);
    }
}

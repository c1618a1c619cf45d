package org.signalpost.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PagesTest {
    @TempDir
    Path directory;

    private static String cookie(HttpResponse<byte[]> answer) {
        String set = answer.headers().firstValue("set-cookie").orElseThrow();
        assertThat(set).contains("HttpOnly").contains("SameSite");
        return set.substring(0, set.indexOf(';'));
    }

    @Test
    void pages_are_for_those_who_signed_in_with_a_key_or_with_the_link_of_the_start() {
        try (var server = new RunningServer(directory)) {
            for (String path : new String[] {"/", "/outbox", "/outbox/cap_1", "/outbox/cap_1/html"}) {
                HttpResponse<byte[]> sent = server.get(path);
                assertThat(sent.statusCode()).isEqualTo(303);
                assertThat(sent.headers().firstValue("location")).contains("/sign-in");
            }
            String link = server.signInPath();
            String cookie = cookie(server.get(link));
            assertThat(server.get(link).statusCode()).as("once").isEqualTo(403);
            assertThat(server.send("GET", "/outbox", "", "Cookie", cookie).statusCode())
                    .isEqualTo(200);
            assertThat(server.send("POST", "/sign-in", "key=wrong").statusCode())
                    .isEqualTo(403);
            cookie = cookie(server.send("POST", "/sign-in", "key=" + RunningServer.ADMIN));
            assertThat(RunningServer.text(server.send("GET", "/", "", "Cookie", cookie)))
                    .contains("No track yet");
        }
    }

    @Test
    void a_captured_mail_is_shown_as_text_and_its_html_only_in_a_frame_that_runs_nothing() {
        String mail = "Content-Type: text/html\r\n\r\n<script>alert(1)</script><p>Hello</p>\r\n";
        try (var server = new RunningServer(directory, new ConcurrentHashMap<>(), new RunningServer.OneMail(mail))) {
            String cookie = cookie(server.get(server.signInPath()));

            String list = RunningServer.text(server.send("GET", "/outbox", "", "Cookie", cookie));
            HttpResponse<byte[]> page = server.send("GET", "/outbox/cap_1", "", "Cookie", cookie);
            HttpResponse<byte[]> html = server.send("GET", "/outbox/cap_1/html", "", "Cookie", cookie);

            assertThat(list).contains("&lt;Sale&gt; &amp; more").doesNotContain("<Sale>");
            assertThat(RunningServer.text(page)).doesNotContain("<script>").contains("&lt;script&gt;");
            assertThat(page.headers().firstValue("content-security-policy").orElseThrow())
                    .contains("default-src 'none'");
            assertThat(RunningServer.text(html)).contains("<p>Hello</p>");
            assertThat(html.headers().firstValue("content-security-policy").orElseThrow())
                    .contains("sandbox")
                    .doesNotContain("script-src");
            assertThat(server.send("GET", "/outbox/other", "", "Cookie", cookie).statusCode())
                    .isEqualTo(404);
        }
    }
}

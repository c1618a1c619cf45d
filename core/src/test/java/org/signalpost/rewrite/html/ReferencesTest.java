package org.signalpost.rewrite.html;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.jsoup.parser.Parser;
import org.junit.jupiter.api.Test;

class ReferencesTest {
    private static final String[] PIECES = {
        "&",
        "&amp;",
        "&amp",
        "&lt;",
        "&#38;",
        "&#38",
        "&#x26;",
        "&#0;",
        "&#128;",
        "&copy",
        "&copy;",
        "&copy=1",
        "&not",
        "&notin;",
        "&noti",
        "a=1",
        "=",
        ";",
        "&;",
        "&#",
        "&#;",
        "x",
        "1",
        "_",
        "&id=",
        "&lang=en",
        "&apos;",
        "&quot;",
        "&AMP;",
        "&#9;",
        "&#32;",
        "&#126;"
    };

    @Test
    void are_undone_as_jsoup_undoes_them() {
        var random = new Random(3);
        for (int i = 0; i < 200_000; i++) {
            var text = new StringBuilder();
            for (int n = random.nextInt(7); n >= 0; n--) {
                text.append(PIECES[random.nextInt(PIECES.length)]);
            }
            assertThat(References.inAttribute(text.toString()))
                    .as(text.toString())
                    .isEqualTo(Parser.unescapeEntities(text.toString(), /* inAttribute= */ true));
        }
    }
}

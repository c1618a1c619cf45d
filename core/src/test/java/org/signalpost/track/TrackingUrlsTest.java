package org.signalpost.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrackingUrlsTest {
    private static final TrackId TRACK = new TrackId(0, 0);

    @Test
    void puts_everything_below_the_base() {
        var urls = new TrackingUrls("https://T.example:8443/a/b/");

        assertThat(urls.link("TOKEN")).isEqualTo("https://T.example:8443/a/b/c/TOKEN");
        assertThat(urls.pixel(TRACK)).isEqualTo("https://T.example:8443/a/b/api/t/trk_0000000000000000000000");
        assertThat(urls.pixel(TRACK, 'b')).endsWith("/api/t/trk_0000000000000000000000?p=b");
        assertThat(urls.authority()).isEqualTo("t.example:8443");
        assertThat(urls.host()).isEqualTo("t.example");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "t.example",
                "ftp://t.example",
                "https://",
                "https://t.example?x=1",
                "https://t.example/a b",
                "https://user@t.example",
                "https://t.example:99999",
                "https://t.example/\"",
                "https://t.example/#x",
                "https://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example"
            })
    void refuses_what_can_not_stand_in_a_mail(String base) {
        assertThatThrownBy(() -> new TrackingUrls(base)).isInstanceOf(IllegalArgumentException.class);
    }
}

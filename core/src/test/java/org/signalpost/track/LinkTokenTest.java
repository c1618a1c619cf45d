package org.signalpost.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinkTokenTest {
    private static final TrackId TRACK =
            TrackId.parse("trk_007pSo2b9TNg1cedavCe7z").orElseThrow();

    private static byte[] from(int first) {
        var key = new byte[SigningKeys.KEY_LENGTH];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (first + i);
        }
        return key;
    }

    private static final SigningKeys KEYS = SigningKeys.of(1, from(0), from(0x20));

    private static LinkToken link(int number, String destination) {
        return new LinkToken(LinkToken.Kind.RELAY, TRACK, number, destination);
    }

    @ParameterizedTest
    @CsvSource({
        "3, https://www.shop.example/sale?id=7&c=a%20b#top,"
                + " EAEAESIzRFVmd4iZqrvM3e7_AwNzaG9wLmV4YW1wbGUvc2FsZT9pZD03JmM9YSUyMGIjdG9wnkOe114TkzadlOzDzfg44A",
        "200, https://x.example/é, EAEAESIzRFVmd4iZqrvM3e7_yAEBeC5leGFtcGxlL8OpaRcG5TiJw1Y91JLhsVRn9g",
        "0, http://h.example, EAEAESIzRFVmd4iZqrvM3e7_AAJoLmV4YW1wbGUusDouusCssqW7RMUc_puag"
    })
    void signs_and_reads_the_published_vectors(int number, String destination, String token) {
        assertThat(link(number, destination).sign(KEYS)).isEqualTo(token);
        assertThat(LinkToken.verify(token, KEYS)).contains(link(number, destination));
    }

    @Test
    void derives_the_published_track() {
        assertThat(TrackId.derive(KEYS, "01JD3Z6V5W4X3Y2Z1A0BCDEFGH", "Ann.Lee@Example.ORG"))
                .hasToString("trk_3wHest8YVRXUFQFfNFYXqX");
    }

    @Test
    void every_changed_bit_and_every_other_spelling_is_refused() {
        String token = link(3, "https://www.shop.example/sale?id=7").sign(KEYS);
        for (int i = 0; i < token.length(); i++) {
            for (int bit = 0; bit < 7; bit++) {
                char[] changed = token.toCharArray();
                changed[i] ^= (char) (1 << bit);
                assertThat(LinkToken.verify(new String(changed), KEYS)).isEmpty();
            }
        }
        assertThat(LinkToken.verify(token.substring(0, token.length() - 1), KEYS))
                .isEmpty();
        assertThat(LinkToken.verify(token + "'", KEYS)).isEmpty();
        assertThat(LinkToken.verify(token + "A", KEYS)).isEmpty();
        assertThat(LinkToken.verify(token + "%27", KEYS)).isEmpty();
        assertThat(LinkToken.verify(token.toLowerCase(java.util.Locale.ROOT), KEYS))
                .isEmpty();
        assertThat(LinkToken.verify("", KEYS)).isEmpty();
        assertThat(LinkToken.verify(token, SigningKeys.of(1, from(1), from(0x20))))
                .isEmpty();
        assertThat(LinkToken.verify(token, SigningKeys.of(2, from(0), from(0x20))))
                .isEmpty();
    }

    @Test
    void an_old_key_verifies_for_ever_also_from_the_file() {
        String token = link(1, "https://d.example/").sign(KEYS);
        SigningKeys rotated = SigningKeys.parse(KEYS.rotated(new SecureRandom()).text());

        assertThat(LinkToken.verify(token, rotated)).isPresent();
        assertThat(link(1, "https://d.example/").sign(rotated)).isNotEqualTo(token);
        assertThat(LinkToken.verify(link(1, "https://d.example/").sign(rotated), KEYS))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1 abcd", "active 1\n", "x y z"})
    void a_damaged_key_file_is_refused_in_words(String text) {
        assertThatThrownBy(() -> SigningKeys.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "javascript:alert(1)",
                "https:///x",
                "https://u:p@d.example/",
                "https://d.example\\@evil.example/",
                "//d.example/",
                "https://d.example/\r\nX: y",
                "ftp://d.example/"
            })
    void a_signed_destination_that_is_no_place_for_people_is_not_followed(String destination) {
        assertThat(LinkToken.verify(link(0, destination).sign(KEYS), KEYS)).isEmpty();
    }

    @Test
    void a_location_is_the_destination_with_only_what_must_be_encoded() {
        assertThat(LinkToken.location("https://d.example/p/#/farbe=grün"))
                .isEqualTo("https://d.example/p/#/farbe=gr%C3%BCn");
        assertThat(LinkToken.location("https://d.example/?f[0]=a|b&x=%26 \"<>"))
                .isEqualTo("https://d.example/?f[0]=a|b&x=%26%20%22%3C%3E");
    }

    @Test
    void the_shortest_destinations_come_back() {
        SigningKeys keys = SigningKeys.of(1, new byte[32], new byte[32]);
        for (String destination : new String[] {"http://a", "https://www.", "http://www.", "https://w"}) {
            var token = new LinkToken(LinkToken.Kind.RELAY, new TrackId(1, 2), 0, destination);
            assertThat(LinkToken.verify(token.sign(keys), keys)).contains(token);
        }
    }
}

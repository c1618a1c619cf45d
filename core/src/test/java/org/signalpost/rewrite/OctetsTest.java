package org.signalpost.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Eight octets at a time or one by one: it comes to the same. */
class OctetsTest {
    private static int slowly(byte[] octets, String wanted, int from, int to) {
        int at = from;
        while (at < to && wanted.indexOf(octets[at] & 0xff) < 0) {
            at++;
        }
        return at;
    }

    @Test
    void every_range_of_random_octets_is_searched_as_one_by_one() {
        var random = new Random(11);
        for (int round = 0; round < 50_000; round++) {
            var octets = new byte[random.nextInt(60)];
            // Neighbours of what is searched for, and octets with a high bit, mislead a search of eight.
            for (int i = 0; i < octets.length; i++) {
                octets[i] = (byte) "\n\013\r\016\f\t\0\1\u008a\u008d\u0080\u00ff".charAt(random.nextInt(12));
                octets[i] = random.nextInt(3) == 0 ? octets[i] : (byte) ('a' + random.nextInt(20));
            }
            int from = random.nextInt(octets.length + 1);
            int to = from + random.nextInt(octets.length - from + 1);
            assertThat(Octets.find(octets, '\n', from, to)).isEqualTo(slowly(octets, "\n", from, to));
            assertThat(Octets.find(octets, (char) 0, from, to)).isEqualTo(slowly(octets, "\0", from, to));
            assertThat(Octets.findEither(octets, '\r', '\n', from, to)).isEqualTo(slowly(octets, "\r\n", from, to));
            int count = 0;
            int last = -1;
            boolean ascii = true;
            for (int i = from; i < to; i++) {
                count += octets[i] == '\n' ? 1 : 0;
                last = octets[i] == '\n' ? i : last;
                ascii &= octets[i] >= 0;
            }
            assertThat(Octets.count(octets, '\n', from, to)).isEqualTo(count);
            assertThat(Octets.findLast(octets, '\n', from, to)).isEqualTo(last);
            assertThat(Octets.areAscii(octets, from, to)).isEqualTo(ascii);
        }
    }
}

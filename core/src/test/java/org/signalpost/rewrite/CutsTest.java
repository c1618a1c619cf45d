package org.signalpost.rewrite;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.signalpost.rewrite.Cuts.Cut;

class CutsTest {
    private static Cut cut(int from, int to, String replacement) {
        return new Cut(from, to, replacement.getBytes(US_ASCII));
    }

    @Test
    void replaces_removes_and_inserts_in_one_go() {
        byte[] original = "0123456789".getBytes(US_ASCII);
        var cuts = new Cuts(List.of(cut(0, 0, "a"), cut(2, 4, "XYZ"), cut(4, 4, "i"), cut(8, 10, "")));

        byte[] result = cuts.apply(original);

        assertThat(new String(result, US_ASCII)).isEqualTo("a01XYZi4567");
        assertThat(cuts.growth()).isEqualTo(1);
        assertThat(cuts.inverse(original).apply(result)).isEqualTo(original);
    }

    @Test
    void refuses_cuts_that_overlap_or_are_no_range() {
        assertThatThrownBy(() -> new Cuts(List.of(cut(2, 4, ""), cut(3, 5, ""))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> cut(3, 2, "")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void can_always_be_undone() {
        var random = RandomGenerator.of("L64X128MixRandom");
        for (int round = 0; round < 2_000; round++) {
            var original = new byte[random.nextInt(200)];
            random.nextBytes(original);
            var list = new ArrayList<Cut>();
            int at = 0;
            while (at <= original.length && random.nextInt(8) > 0) {
                int from = at + random.nextInt(original.length - at + 1);
                int to = from + random.nextInt(original.length - from + 1);
                var replacement = new byte[random.nextInt(20)];
                random.nextBytes(replacement);
                list.add(new Cut(from, to, replacement));
                at = to;
            }
            var cuts = new Cuts(list);
            assertThat(cuts.inverse(original).apply(cuts.apply(original))).isEqualTo(original);
        }
    }
}

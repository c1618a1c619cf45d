package org.signalpost.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class IdentifiersTest {
    private static TrackId track(String hex) {
        return TrackId.of(HexFormat.of().parseHex(hex));
    }

    @Test
    void writes_a_track_id_as_the_specification_has_it() {
        assertThat(track("00112233445566778899aabbccddeeff")).hasToString("trk_007pSo2b9TNg1cedavCe7z");
        assertThat(track("ff".repeat(16))).hasToString("trk_7n42DGM5Tflk9n8mt7Fhc7");
        assertThat(track("00".repeat(16))).hasToString("trk_0000000000000000000000");
    }

    @Test
    void reads_back_every_track_id_it_wrote() {
        var random = RandomGenerator.of("L64X128MixRandom");
        for (int i = 0; i < 10_000; i++) {
            var id = new TrackId(random.nextLong(), random.nextLong());
            assertThat(TrackId.parse(id.toString())).contains(id);
            assertThat(TrackId.of(id.octets())).isEqualTo(id);
        }
    }

    @Test
    void refuses_what_is_no_track_id() {
        assertThat(TrackId.parse("trk_7n42DGM5Tflk9n8mt7Fhc8")).isEmpty();
        assertThat(TrackId.parse("trk_zzzzzzzzzzzzzzzzzzzzzz")).isEmpty();
        assertThat(TrackId.parse("trk_007pSo2b9TNg1cedavCe7-")).isEmpty();
        assertThat(TrackId.parse("trk_007pSo2b9TNg1cedavCe7")).isEmpty();
        assertThat(TrackId.parse("TRK_007pSo2b9TNg1cedavCe7z")).isEmpty();
        assertThat(TrackId.parse("")).isEmpty();
    }

    @Test
    void names_mails_in_the_order_of_their_acceptance() {
        var random = new SecureRandom();
        MessageId early = MessageId.next(InstantSource.fixed(Instant.parse("2026-11-24T10:00:00Z")), random);
        MessageId late = MessageId.next(InstantSource.fixed(Instant.parse("2026-11-24T10:00:00.001Z")), random);

        assertThat(early).isLessThan(late);
        assertThat(early.toString())
                .isLessThan(late.toString())
                .startsWith("msg_")
                .hasSize(30);
        assertThat(MessageId.parse(early.toString())).contains(early);
    }

    @Test
    void reads_back_every_message_id_and_refuses_others() {
        var random = RandomGenerator.of("L64X128MixRandom");
        for (int i = 0; i < 10_000; i++) {
            var id = new MessageId(random.nextLong(), random.nextLong());
            assertThat(MessageId.parse(id.toString())).contains(id);
        }
        assertThat(MessageId.parse("msg_7ZZZZZZZZZZZZZZZZZZZZZZZZZ")).contains(new MessageId(-1, -1));
        assertThat(MessageId.parse("msg_8000000000000000000000000Z")).isEqualTo(Optional.empty());
        assertThat(MessageId.parse("msg_01JD3Z6V5W4X3Y2Z1A0BCDEFGU")).isEmpty();
        assertThat(MessageId.parse("msg_")).isEmpty();
    }
}

package org.signalpost.track;

import java.util.List;
import java.util.Optional;

/** The copies that {@code delivery.mode = capture} keeps instead of sending them. Safe to call from any thread. */
public interface Outbox {
    /** That of a process which captures nothing. */
    Outbox EMPTY = new Outbox() {
        @Override
        public List<CapturedMail> newest(int limit, String before) {
            return List.of();
        }

        @Override
        public Optional<CapturedMail> find(String id) {
            return Optional.empty();
        }

        @Override
        public Optional<byte[]> octets(String id) {
            return Optional.empty();
        }
    };

    /**
     * The newest copies first.
     *
     * @param limit how many at most
     * @param before only copies older than the one of this id; empty text for the newest
     */
    List<CapturedMail> newest(int limit, String before);

    /** What is known of one copy. */
    Optional<CapturedMail> find(String id);

    /** The octets of one copy, exactly as they would have been sent. */
    Optional<byte[]> octets(String id);
}

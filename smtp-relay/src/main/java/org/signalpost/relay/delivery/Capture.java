package org.signalpost.relay.delivery;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.signalpost.track.CapturedMail;
import org.signalpost.track.Outbox;

/** Keeps copies instead of sending them. */
public final class Capture implements Courier, Outbox {
    /** Keeps copies in {@code directory} (made by {@link #start}). */
    public Capture(Path directory, InstantSource clock) {}

    /** Reads what is there. */
    public void start() {}

    @Override
    public Outcome deliver(Outgoing copy) {
        return new Outcome.Delivered("250 2.0.0 captured");
    }

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
}

package org.signalpost.relay.spool;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.signalpost.journal.DurableFiles;
import org.signalpost.journal.Journal;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.track.MessageId;

/** Spools and mails as tests want them: everything goes one way, called {@code there}. */
public final class TestSpool {
    public static final String ROUTE = "there";

    /** Small enough to be made quickly, large enough for the largest record. */
    private static final long SEGMENT = 2 << 20;

    private TestSpool() {}

    /** The log below a directory, with segments of 2 MB. */
    public static Journal log(Path directory) {
        return log(directory, SEGMENT);
    }

    public static Journal log(Path directory, long segment) {
        return Journal.open(directory.resolve("log"), segment);
    }

    /** A started spool beside its log. */
    public static Spool open(Journal log, Path directory, InstantSource clock) {
        return open(log, directory, clock, new Spool.Limits(64 << 20, 5), recipient -> ROUTE);
    }

    public static Spool open(Journal log, Path directory, InstantSource clock, Spool.Limits limits, Routing routing) {
        var spool = new Spool(
                log,
                DurableFiles.in(directory.resolve("spool")),
                new Quarantine(directory.resolve("quarantine")),
                routing,
                limits,
                clock,
                new SecureRandom());
        spool.start();
        return spool;
    }

    public static Envelope envelope(String sender, String... recipients) {
        return envelope(
                sender, Stream.of(recipients).map(Envelope.Recipient::of).toList());
    }

    public static Envelope envelope(String sender, List<Envelope.Recipient> recipients) {
        return new Envelope(
                sender, recipients, new Envelope.Origin("192.0.2.1", "c(l", "ESMTP", ""), Envelope.Wishes.NONE);
    }

    public static MessageId accept(Spool spool, Envelope envelope, RawMessage mail) {
        try (Draft draft = spool.draft()) {
            byte[] octets = mail.octets();
            // As it comes from a socket.
            for (int at = 0; at < octets.length; at += 16_384) {
                draft.write(octets, at, Math.min(octets.length, at + 16_384));
            }
            return spool.accept(envelope, draft);
        }
    }

    /** Any octets, the same for the same size. */
    public static RawMessage mail(int size) {
        var octets = new byte[size];
        new Random(size).nextBytes(octets);
        return RawMessage.of(octets);
    }

    public static RawMessage mail(String text) {
        return RawMessage.of(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}

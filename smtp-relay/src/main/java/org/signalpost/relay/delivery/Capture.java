package org.signalpost.relay.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.signalpost.journal.DurableFile;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.relay.spool.Said;
import org.signalpost.retry.Pause;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.settings.ConfigurationException;
import org.signalpost.track.CapturedMail;
import org.signalpost.track.Outbox;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps copies instead of sending them: one file each, a mail that any client opens, whose first field says what it is.
 *
 * <p>A copy is on disk when {@link #deliver} returns. Safe to call from any thread; reads files when it is asked.
 */
public final class Capture implements Courier, Outbox, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Capture.class);
    private static final String PREFIX = "cap_";
    private static final String ENDING = ".eml";
    private static final String UNFINISHED = ".new";
    private static final String RELEASED = "released";
    private static final Duration LOOK = Duration.ofHours(1);

    private final Path directory;
    private final InstantSource clock;
    private final Keep keep;

    /** The copies, the oldest mail first, each with the time when it was captured, in milliseconds since 1970. */
    private final NavigableMap<String, Long> kept = new ConcurrentSkipListMap<>();

    private final AtomicInteger removed = new AtomicInteger();
    private final Pause pause = new Pause();

    /** What is kept: copies captured within this time, and no more than so many, the newest. */
    public record Keep(Duration time, int copies) {}

    /** Keeps copies in {@code directory} (made by {@link #start}). */
    public Capture(Path directory, Keep keep, InstantSource clock) {
        this.directory = directory;
        this.keep = keep;
        this.clock = clock;
    }

    /**
     * Finds what is there.
     *
     * @throws ConfigurationException when the directory can't be used
     */
    public void start() {
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            removeUnfinished();
            try (Stream<Path> files = Files.list(directory)) {
                files.map(file -> String.valueOf(file.getFileName()))
                        .filter(name -> name.startsWith(PREFIX) && name.endsWith(ENDING))
                        .map(name -> name.substring(0, name.length() - ENDING.length()))
                        .forEach(id -> kept.put(id, capturedAt(id)));
            }
        } catch (IOException e) {
            throw new ConfigurationException("the outbox " + directory + " can't be used: " + e.getMessage(), e);
        }
        tidy();
        Thread.ofVirtual().name("outbox").start(() -> {
            while (pause.await(LOOK)) {
                tidy();
            }
        });
    }

    /** What a crash has left of copies that were never said to be kept. */
    private void removeUnfinished() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                String name = String.valueOf(file.getFileName());
                if (name.startsWith("." + PREFIX) && name.endsWith(UNFINISHED)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private long capturedAt(String id) {
        try {
            return Files.getLastModifiedTime(file(id)).toMillis();
        } catch (IOException e) {
            LOG.debug("{} has no time: {}", file(id), e.toString());
            return clock.millis();
        }
    }

    /** Takes out what is too old or too much, what was captured first goes first. */
    private void tidy() {
        kept.keySet().removeIf(id -> !Files.exists(file(id)));
        long oldest = clock.instant().minus(keep.time()).toEpochMilli();
        kept.forEach((id, at) -> {
            if (at < oldest) {
                remove(id);
            }
        });
        trim();
        tidyReleased(oldest);
        int gone = removed.getAndSet(0);
        if (gone > 0) {
            LOG.info("outbox removed={} left={}", gone, kept.size());
        }
    }

    private void tidyReleased(long oldest) {
        try (Stream<Path> files = Files.list(directory.resolve(RELEASED))) {
            for (Path file : files.toList()) {
                if (Files.getLastModifiedTime(file).toMillis() < oldest) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (NoSuchFileException none) {
            LOG.debug("nothing was released from {}", directory);
        } catch (IOException e) {
            LOG.warn("what was released from {} can't be tidied: {}", directory, e.toString());
        }
    }

    private void trim() {
        int over = kept.size() - keep.copies();
        if (over > 0) {
            kept.entrySet().stream()
                    .sorted(Map.Entry.comparingByValue())
                    .limit(over)
                    .map(Map.Entry::getKey)
                    .toList()
                    .forEach(this::remove);
        }
    }

    private void remove(String id) {
        kept.remove(id);
        try {
            if (Files.deleteIfExists(file(id))) {
                removed.incrementAndGet();
            }
        } catch (IOException e) {
            LOG.warn("{} can't be deleted: {}", file(id), e.toString());
        }
    }

    /** Ends the looking after what is too old; what is kept stays. */
    @Override
    public void close() {
        pause.end();
    }

    @Override
    public Outcome deliver(Consignment consignment) {
        return switch (consignment.preparedFor(Peer.UNLIMITED)) {
            case Prepared.Ready ready -> keep(consignment, ready.copy());
            case Prepared.Impossible impossible -> new Outcome.Refused(impossible.said());
        };
    }

    private Outcome keep(Consignment consignment, Outgoing copy) {
        String id = id(copy);
        var octets = new ByteArrayOutputStream();
        octets.writeBytes(
                CapturedField.of(id, clock.instant(), consignment, copy).octets());
        octets.writeBytes(copy.message().octets());
        try {
            DurableFile.write(file(id), octets.toByteArray());
            kept.put(id, clock.millis());
            trim();
            return new Outcome.Captured(Said.ours("2.0.0", "250 2.0.0 captured as " + id));
        } catch (IOException e) {
            LOG.error("alarm=capture {}", e.toString());
            return new Outcome.Deferred(
                    Said.ours("4.3.0", "451 4.3.0 the outbox can't be written"), Outcome.Fault.ROUTE);
        }
    }

    /** The same for the same copy, so that one kept twice is there once; sorts by the time of acceptance. */
    private static String id(Outgoing copy) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(copy.recipient().getBytes(UTF_8));
            return PREFIX + copy.id().ulid() + "-" + HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private Path file(String id) {
        return directory.resolve(id + ENDING);
    }

    @Override
    public List<CapturedMail> newest(int limit, String before) {
        NavigableMap<String, Long> older = before.isEmpty() ? kept : kept.headMap(before, /* inclusive= */ false);
        return older.descendingKeySet().stream()
                .limit(limit)
                .flatMap(id -> find(id).stream())
                .toList();
    }

    @Override
    public Optional<CapturedMail> find(String id) {
        return content(id).flatMap(CapturedField::read).map(CapturedField::mail);
    }

    @Override
    public Optional<byte[]> octets(String id) {
        return content(id).map(CapturedField::copy);
    }

    /** A captured copy, as it may go out after all. */
    public record Kept(Envelope envelope, RawMessage message) {}

    /** What is kept under this id, with the envelope it came with; {@code origin} says where it comes from now. */
    public Optional<Kept> kept(String id, Envelope.Origin origin) {
        return content(id)
                .flatMap(file -> CapturedField.read(file)
                        .map(field -> new Kept(field.envelope(origin), RawMessage.of(CapturedField.copy(file)))));
    }

    /** Takes a copy that goes out from the outbox into {@code released/} beside it, where it stays as long. */
    public void moveAside(String id) {
        try {
            Path released = Files.createDirectories(directory.resolve(RELEASED));
            Files.move(file(id), released.resolve(id + ENDING), StandardCopyOption.REPLACE_EXISTING);
            kept.remove(id);
        } catch (IOException e) {
            LOG.error("alarm=release {} goes out and could not be taken out of the outbox: {}", id, e.toString());
        }
    }

    private Optional<byte[]> content(String id) {
        if (!kept.containsKey(id)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readAllBytes(file(id)));
        } catch (NoSuchFileException deleted) {
            // Whoever wants the outbox empty deletes files.
            kept.remove(id);
            return Optional.empty();
        } catch (IOException e) {
            LOG.warn("{} can't be read: {}", file(id), e.toString());
            return Optional.empty();
        }
    }
}

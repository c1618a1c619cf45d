package org.signalpost.process;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Optional;
import org.signalpost.journal.DurableFile;
import org.signalpost.settings.ConfigurationException;
import org.signalpost.track.Base62;
import org.signalpost.track.SigningKeys;

/**
 * The folder for everything that has to survive a restart (mode 0700), held by one process at a time.
 *
 * <p>Holds {@code admin.key} and {@code signing.keys} (both mode 0600), {@code log/}, {@code db/} and {@code outbox/}.
 * Every failure is a {@link ConfigurationException} with one sentence. For one thread at a time.
 */
public final class DataDirectory implements AutoCloseable {
    private final Path path;
    private Optional<FileChannel> lock = Optional.empty();

    private DataDirectory(Path path) {
        this.path = path;
    }

    /** Opens nothing and makes nothing yet. */
    public static DataDirectory at(Path path) {
        return new DataDirectory(path.toAbsolutePath().normalize());
    }

    /** Where it is, absolute. */
    public Path path() {
        return path;
    }

    /** A place below it. */
    public Path resolve(String name) {
        return path.resolve(name);
    }

    /**
     * Makes what is missing and keeps every other process out until {@link #close}.
     *
     * @throws ConfigurationException when it can't be written or another process holds it
     */
    public void open() {
        try {
            Files.createDirectories(
                    path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            FileChannel channel =
                    FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (locked(channel)) {
                lock = Optional.of(channel);
                return;
            }
            channel.close();
        } catch (IOException e) {
            throw unwritable(e);
        }
        throw new ConfigurationException("data.directory = " + path + " is in use by another Signalpost");
    }

    private ConfigurationException unwritable(IOException cause) {
        return new ConfigurationException("data.directory = " + path + " can't be written: " + reason(cause), cause);
    }

    /** The sentence of an I/O failure: many exceptions of the JDK say only the path. */
    public static String reason(IOException failure) {
        return switch (failure) {
            case java.nio.file.AccessDeniedException denied -> "permission denied for " + denied.getFile();
            case java.nio.file.FileAlreadyExistsException exists -> exists.getFile() + " is not a folder";
            case java.nio.file.NoSuchFileException missing -> "there is no " + missing.getFile();
            default -> String.valueOf(failure.getMessage());
        };
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            FileLock taken = channel.tryLock();
            return taken != null && taken.isValid();
        } catch (OverlappingFileLockException heldByUs) {
            // Held within this very process.
            return false;
        }
    }

    /** Whether a running server holds it. */
    public boolean inUse() {
        if (!Files.exists(path.resolve("lock"))) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(path.resolve("lock"), StandardOpenOption.WRITE)) {
            return !locked(channel);
        } catch (IOException e) {
            return e instanceof java.nio.file.AccessDeniedException;
        }
    }

    /** Where the key ring is. */
    public Path signingKeysFile() {
        return path.resolve("signing.keys");
    }

    /** The key ring, if there is one yet. */
    public Optional<SigningKeys> signingKeys() {
        Path file = signingKeysFile();
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(SigningKeys.parse(Files.readString(file, StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            throw new ConfigurationException("the signing keys can't be read: " + reason(e), e);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(file + ": " + e.getMessage(), e);
        }
    }

    /** The key ring; the first call on a fresh folder makes one. */
    public SigningKeys signingKeys(SecureRandom random) {
        return signingKeys().orElseGet(() -> {
            SigningKeys fresh = SigningKeys.generate(random);
            write("signing.keys", fresh.text());
            return fresh;
        });
    }

    /** Adds a key to the ring and makes it the active one. */
    public SigningKeys rotateSigningKeys(SecureRandom random) {
        SigningKeys old = signingKeys()
                .orElseThrow(() -> new ConfigurationException(
                        "there are no signing keys in " + path + " yet; the first start makes them"));
        SigningKeys rotated = old.rotated(random);
        write("signing.keys", rotated.text());
        return rotated;
    }

    /** The admin key, one line of {@code admin.key}; the first call on a fresh folder makes one. */
    public String adminKey(SecureRandom random) {
        Path file = adminKeyFile();
        try {
            if (!Files.exists(file)) {
                write("admin.key", "ms_live_" + Base62.random(random, 32) + "\n");
            }
            String key = Files.readString(file, StandardCharsets.US_ASCII).strip();
            if (!key.matches("ms_live_[0-9A-Za-z]{32}")) {
                // An emptied file must not become a key that everybody knows.
                throw new ConfigurationException(file + " holds no key; remove the file, and the next start makes one");
            }
            return key;
        } catch (IOException e) {
            throw new ConfigurationException("the admin key can't be read: " + reason(e), e);
        }
    }

    /** Where the admin key is. */
    public Path adminKeyFile() {
        return path.resolve("admin.key");
    }

    /** A name of this installation's own, by which it knows its Received fields again; made once. */
    public String instance(SecureRandom random) {
        Path file = path.resolve("instance");
        try {
            if (!Files.exists(file)) {
                write("instance", Base62.random(random, 8) + "\n");
            }
            String name = Files.readString(file, StandardCharsets.US_ASCII).strip();
            if (!name.matches("[0-9A-Za-z]{8}")) {
                throw new ConfigurationException(
                        file + " holds no name; remove the file, and the next start makes one");
            }
            return name;
        } catch (IOException e) {
            throw new ConfigurationException(file + " can't be read: " + reason(e), e);
        }
    }

    private void write(String name, String text) {
        try {
            DurableFile.write(path.resolve(name), text.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Lets other processes in again. */
    @Override
    public void close() {
        try {
            if (lock.isPresent()) {
                lock.get().close();
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        lock = Optional.empty();
    }
}

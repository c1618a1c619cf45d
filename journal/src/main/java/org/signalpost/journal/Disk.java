package org.signalpost.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The real disk. */
final class Disk implements Storage {
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    /** Outside of the heap, where a write takes it from without copying it first. */
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 20).asReadOnlyBuffer();

    @Override
    public List<String> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    @Override
    public Segment create(Path file, long length) throws IOException {
        // A name under which no start looks for a segment, until the file is whole.
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        try (FileChannel channel =
                FileChannel.open(fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_ONLY)) {
            for (long at = 0; at < length; at += ZEROS.capacity()) {
                ByteBuffer zeros = ZEROS.duplicate().limit((int) Math.min(ZEROS.capacity(), length - at));
                while (zeros.hasRemaining()) {
                    channel.write(zeros);
                }
            }
            if (length > 0) {
                channel.force(/* metaData= */ true);
            }
        } catch (IOException e) {
            Files.deleteIfExists(fresh);
            throw e;
        }
        Files.move(fresh, file);
        return open(file);
    }

    @Override
    public Segment open(Path file) throws IOException {
        return new Opened(file);
    }

    @Override
    public void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public void rename(Path file, Path name) throws IOException {
        Files.move(file, name, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
            entries.force(/* metaData= */ true);
        }
    }

    /**
     * A file opened twice. A thread that is interrupted while it reads closes the channel it reads from: that must
     * never be the one the log writes to, and is opened again for everybody else.
     */
    private static final class Opened implements Segment {
        private final Path file;
        private final FileChannel channel;
        private volatile FileChannel reading;
        private volatile boolean closed;

        private Opened(Path file) throws IOException {
            this.file = file;
            this.channel = FileChannel.open(file, StandardOpenOption.WRITE);
            try {
                this.reading = FileChannel.open(file, StandardOpenOption.READ);
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        }

        @Override
        public void write(ByteBuffer[] buffers, long at) throws IOException {
            channel.position(at);
            long rest = 0;
            for (ByteBuffer buffer : buffers) {
                rest += buffer.remaining();
            }
            // A channel may write less than it was given.
            for (int first = 0; rest > 0; ) {
                while (!buffers[first].hasRemaining()) {
                    first++;
                }
                rest -= channel.write(buffers, first, Math.min(buffers.length - first, 1024));
            }
        }

        @Override
        public int read(ByteBuffer buffer, long at) throws IOException {
            int total = 0;
            while (buffer.hasRemaining()) {
                FileChannel from = reading;
                try {
                    int count = from.read(buffer, at + total);
                    if (count < 0) {
                        break;
                    }
                    total += count;
                } catch (ClosedByInterruptException e) {
                    throw e;
                } catch (ClosedChannelException e) {
                    reopen(e);
                }
            }
            return total;
        }

        private synchronized void reopen(ClosedChannelException why) throws IOException {
            if (closed) {
                throw why;
            }
            if (!reading.isOpen()) {
                reading = FileChannel.open(file, StandardOpenOption.READ);
            }
        }

        @Override
        public void force() throws IOException {
            channel.force(/* metaData= */ false);
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public synchronized void close() throws IOException {
            closed = true;
            try {
                channel.close();
            } finally {
                reading.close();
            }
        }
    }
}

package org.signalpost.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A disk that fails when it is told to. */
final class FailingDisk implements Storage {
    enum Fault {
        FULL,
        WRITE,
        /** One force fails. */
        FORCE,
        /** Nothing can be written or forced any more. */
        DEAD,
        /** No file can be made. */
        CREATE,
        /** No file gets another name. */
        RENAME,
        /** No directory can be forced. */
        DIRECTORY,
        /** No file can be deleted. */
        DELETE
    }

    /** How often a file was to be made. */
    final AtomicInteger creations = new AtomicInteger();

    private Optional<Path> worn = Optional.empty();
    private long bad;

    private final Disk disk = new Disk();
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private volatile CountDownLatch held = new CountDownLatch(0);
    private volatile Set<Fault> faults = Set.of();

    void fail(Fault... how) {
        faults = Set.of(how);
    }

    /** Every force waits until {@link #letGo}. */
    void hold() {
        held = new CountDownLatch(1);
        gate = new CountDownLatch(1);
    }

    void letGo() {
        gate.countDown();
    }

    /** Waits until a force waits, which {@link #hold} has stopped. */
    void awaitHeld() throws InterruptedException {
        held.await();
    }

    private void passGate() throws IOException {
        try {
            if (gate.getCount() > 0) {
                held.countDown();
            }
            gate.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    void heal() {
        faults = Set.of();
    }

    private void may(Fault how, String message) throws IOException {
        if (faults.contains(how)) {
            throw new IOException(message);
        }
    }

    /** An octet that can't be read any more. */
    void wear(Path file, long octet) {
        worn = Optional.of(file);
        bad = octet;
    }

    private Segment failing(Path file, Segment segment) {
        return new Segment() {
            @Override
            public void write(ByteBuffer[] buffers, long at) throws IOException {
                may(Fault.FULL, "No space left on device");
                may(Fault.WRITE, "Input/output error");
                may(Fault.DEAD, "Input/output error");
                segment.write(buffers, at);
            }

            @Override
            public int read(ByteBuffer buffer, long at) throws IOException {
                if (worn.filter(file::equals).isPresent() && at <= bad && bad < at + buffer.remaining()) {
                    throw new IOException("Input/output error");
                }
                return segment.read(buffer, at);
            }

            @Override
            public void force() throws IOException {
                passGate();
                may(Fault.DEAD, "Input/output error");
                // Once: the log tries to erase afterwards, which a disk may well allow.
                if (faults.contains(Fault.FORCE)) {
                    heal();
                    throw new IOException("Input/output error");
                }
                segment.force();
            }

            @Override
            public long size() throws IOException {
                return segment.size();
            }

            @Override
            public void close() throws IOException {
                segment.close();
            }
        };
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return disk.list(directory);
    }

    @Override
    public Segment create(Path file, long length) throws IOException {
        creations.incrementAndGet();
        may(Fault.FULL, "No space left on device");
        may(Fault.CREATE, "Input/output error");
        may(Fault.DEAD, "Input/output error");
        return failing(file, disk.create(file, length));
    }

    @Override
    public Segment open(Path file) throws IOException {
        return failing(file, disk.open(file));
    }

    @Override
    public void delete(Path file) throws IOException {
        may(Fault.DELETE, "Device or resource busy");
        disk.delete(file);
    }

    @Override
    public void rename(Path file, Path name) throws IOException {
        may(Fault.RENAME, "Input/output error");
        disk.rename(file, name);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        may(Fault.DIRECTORY, "Input/output error");
        disk.forceDirectory(directory);
    }
}

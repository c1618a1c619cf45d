package org.signalpost.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A disk in memory of which a power cut leaves what was forced, and of what was not: any part, in any order, torn at
 * any sector.
 */
final class CrashDisk implements Storage {
    private static final int SECTOR = 512;

    private static final class Inode {
        private byte[] durable = new byte[0];
        private byte[] seen = new byte[0];
        private final List<Unforced> unforced = new ArrayList<>();
    }

    private static final class Unforced {
        private final int at;
        private final byte[] octets;

        private Unforced(int at, byte[] octets) {
            this.at = at;
            this.octets = octets;
        }
    }

    /** How often a file that was used became another. */
    final java.util.concurrent.atomic.AtomicInteger usedAgain = new java.util.concurrent.atomic.AtomicInteger();

    private volatile Runnable afterStep = () -> {};
    private final Map<Path, Inode> names = new HashMap<>();
    private final Map<Path, Inode> durableNames = new HashMap<>();

    /** Has this done after everything that happens to the disk. */
    void afterEachStep(Runnable step) {
        afterStep = step;
    }

    /** What a start after a power cut at this moment may find. */
    synchronized Map<Path, byte[]> afterPowerCut(Random random) {
        var found = new HashMap<Path, byte[]>();
        for (Map.Entry<Path, Inode> name : durableNames.entrySet()) {
            found.put(name.getKey(), image(name.getValue(), random));
        }
        for (Map.Entry<Path, Inode> name : names.entrySet()) {
            if (!durableNames.containsKey(name.getKey()) && random.nextBoolean()) {
                found.put(name.getKey(), image(name.getValue(), random));
            }
        }
        return found;
    }

    private static byte[] image(Inode file, Random random) {
        byte[] image = file.durable.clone();
        for (Unforced write : file.unforced) {
            for (int from = 0; from < write.octets.length; ) {
                int to = Math.min(write.octets.length, from + SECTOR - (write.at + from) % SECTOR);
                if (write.at + to > image.length && random.nextBoolean()) {
                    image = Arrays.copyOf(image, write.at + to);
                }
                if (write.at + to <= image.length && random.nextBoolean()) {
                    // A sector may be torn as well.
                    int torn = random.nextInt(4) == 0 ? from + random.nextInt(to - from + 1) : to;
                    System.arraycopy(write.octets, from, image, write.at + from, torn - from);
                }
                from = to;
            }
        }
        return image;
    }

    /** Puts an image onto the real disk. */
    static void write(Map<Path, byte[]> image, Path directory) throws IOException {
        Files.createDirectories(directory);
        for (Map.Entry<Path, byte[]> file : image.entrySet()) {
            Files.write(directory.resolve(file.getKey().getFileName()), file.getValue());
        }
    }

    private final class Opened implements Segment {
        private final Inode file;

        private Opened(Inode file) {
            this.file = file;
        }

        @Override
        public void write(ByteBuffer[] buffers, long at) {
            synchronized (CrashDisk.this) {
                int to = (int) at;
                for (ByteBuffer buffer : buffers) {
                    var octets = new byte[buffer.remaining()];
                    buffer.get(octets);
                    file.unforced.add(new Unforced(to, octets));
                    file.seen = Arrays.copyOf(file.seen, Math.max(file.seen.length, to + octets.length));
                    System.arraycopy(octets, 0, file.seen, to, octets.length);
                    to += octets.length;
                }
            }
            afterStep.run();
        }

        @Override
        public int read(ByteBuffer buffer, long at) {
            synchronized (CrashDisk.this) {
                int count = Math.max(0, Math.min(buffer.remaining(), file.seen.length - (int) at));
                buffer.put(file.seen, (int) at, count);
                return count;
            }
        }

        @Override
        public void force() {
            synchronized (CrashDisk.this) {
                file.durable = file.seen.clone();
                file.unforced.clear();
            }
            afterStep.run();
        }

        @Override
        public long size() {
            synchronized (CrashDisk.this) {
                return file.seen.length;
            }
        }

        @Override
        public void close() {}
    }

    @Override
    public synchronized List<String> list(Path directory) {
        return names.keySet().stream()
                .map(name -> String.valueOf(name.getFileName()))
                .sorted()
                .toList();
    }

    @Override
    public synchronized Segment create(Path file, long length) {
        var inode = new Inode();
        inode.durable = new byte[(int) length];
        inode.seen = inode.durable.clone();
        names.put(file, inode);
        afterStep.run();
        return new Opened(inode);
    }

    @Override
    public synchronized Segment open(Path file) throws IOException {
        Inode inode = names.get(file);
        if (inode == null) {
            throw new NoSuchFileException(file.toString());
        }
        return new Opened(inode);
    }

    @Override
    public synchronized void delete(Path file) {
        names.remove(file);
        afterStep.run();
    }

    @Override
    public synchronized void rename(Path file, Path name) {
        if (file.toString().endsWith(".used")) {
            usedAgain.incrementAndGet();
        }
        names.put(name, names.remove(file));
        afterStep.run();
    }

    @Override
    public synchronized void forceDirectory(Path directory) {
        durableNames.clear();
        durableNames.putAll(names);
        afterStep.run();
    }
}

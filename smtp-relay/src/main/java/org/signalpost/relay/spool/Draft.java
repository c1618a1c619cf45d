package org.signalpost.relay.spool;

import java.io.ByteArrayOutputStream;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import org.signalpost.journal.DurableFiles;
import org.signalpost.rewrite.RawMessage;

/**
 * A mail that is coming in: in memory while it is small and memory is left, else in a file from then on. For one
 * thread. Closing it throws away what was not accepted.
 */
public final class Draft implements AutoCloseable {
    /** Above so many octets a mail is kept in a file of its own. */
    static final int LARGE = 256 << 10;

    private final DurableFiles files;
    private final AtomicLong memory;
    private final long mostMemory;
    private ByteArrayOutputStream held = new ByteArrayOutputStream(4 << 10);
    private Optional<DurableFiles.Fresh> file = Optional.empty();
    private final ByteArrayOutputStream head = new ByteArrayOutputStream(0);
    private boolean headWhole;
    private boolean headCut;
    private Optional<RawMessage> whole = Optional.empty();
    private int counted;
    private long size;

    Draft(DurableFiles files, AtomicLong memory, long mostMemory) {
        this.files = files;
        this.memory = memory;
        this.mostMemory = mostMemory;
    }

    /** Appends octets; blocks for the disk when it is large. */
    public void write(byte[] octets, int from, int to) {
        size += to - from;
        if (file.isEmpty() && (size > LARGE || !counts(to - from))) {
            spill();
        }
        if (file.isPresent()) {
            file.get().write(octets, from, to);
            growHead(octets, from, to);
        } else {
            held.write(octets, from, to - from);
        }
    }

    /** Whether so many octets more may be held by all drafts together. */
    private boolean counts(int more) {
        if (memory.addAndGet(more) > mostMemory) {
            memory.addAndGet(-more);
            return false;
        }
        counted += more;
        return true;
    }

    private void spill() {
        DurableFiles.Fresh fresh = files.begin();
        file = Optional.of(fresh);
        byte[] octets = held.toByteArray();
        fresh.write(octets, 0, octets.length);
        growHead(octets, 0, octets.length);
        forget();
    }

    /** The header is wanted again when the mail is accepted; it is kept up to a limit. */
    private void growHead(byte[] octets, int from, int to) {
        if (headWhole || headCut) {
            return;
        }
        int before = head.size();
        head.write(octets, from, to - from);
        byte[] all = head.toByteArray();
        OptionalInt end = headEnd(all, Math.max(before - 2, 0));
        headCut = end.isEmpty() && all.length > LARGE;
        headWhole = end.isPresent();
        end.ifPresent(whole -> {
            head.reset();
            head.write(all, 0, whole);
        });
    }

    private void forget() {
        held = new ByteArrayOutputStream(0);
        memory.addAndGet(-counted);
        counted = 0;
    }

    private static OptionalInt headEnd(byte[] octets, int from) {
        for (int i = from + 2; i < octets.length; i++) {
            if (octets[i] == '\n' && octets[i - 1] == '\r' && octets[i - 2] == '\n') {
                return OptionalInt.of(i + 1);
            }
        }
        return OptionalInt.empty();
    }

    /** Whether {@link #head} is all of the header. */
    public boolean hasWholeHead() {
        return !headCut;
    }

    /** The length in octets so far. */
    public long size() {
        return size;
    }

    /** The header with the empty line behind it, as far as it lies in the first 256 KB; more in a small mail. */
    public RawMessage head() {
        return octets().orElseGet(() -> RawMessage.of(head.toByteArray()));
    }

    /** The octets, when they are in memory; nothing is written behind that. */
    Optional<RawMessage> octets() {
        if (file.isPresent()) {
            return Optional.empty();
        }
        if (whole.isEmpty()) {
            whole = Optional.of(RawMessage.of(held.toByteArray()));
        }
        return whole;
    }

    /** Puts the octets into a file, if they are not in one yet. */
    DurableFiles.Fresh inFile() {
        if (file.isEmpty()) {
            spill();
        }
        return file.orElseThrow();
    }

    @Override
    public void close() {
        forget();
        file.ifPresent(DurableFiles.Fresh::close);
    }
}

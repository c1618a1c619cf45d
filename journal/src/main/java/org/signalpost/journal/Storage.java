package org.signalpost.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** All that the log does to the disk, so that a test can lose, tear and refuse it. */
interface Storage {
    /** An open file. Used by one thread at a time for writing, by many for reading. */
    interface Segment extends AutoCloseable {
        /** Writes all of the buffers from this octet on. */
        void write(ByteBuffer[] buffers, long at) throws IOException;

        /** Reads up to the buffer's rest; returns how many octets there were, 0 at the end. */
        int read(ByteBuffer buffer, long at) throws IOException;

        /** Returns when everything written is on disk. */
        void force() throws IOException;

        /** The length in octets. */
        long size() throws IOException;

        @Override
        void close() throws IOException;
    }

    /** The file names in the directory. */
    List<String> list(Path directory) throws IOException;

    /** Makes a file of this length, filled with zeros; forced when it has octets, its directory is not. */
    Segment create(Path file, long length) throws IOException;

    /** Opens an existing file. */
    Segment open(Path file) throws IOException;

    /** Deletes a file. */
    void delete(Path file) throws IOException;

    /** Gives a file another name, in the same file system; directories are not forced. */
    void rename(Path file, Path name) throws IOException;

    /** Makes creations and deletions in the directory durable. */
    void forceDirectory(Path directory) throws IOException;
}

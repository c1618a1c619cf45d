package org.signalpost.journal;

/** One record of the log as it is read back; its checksum was right. Immutable by agreement, safe to share. */
public final class Entry {
    private final Position position;
    private final Position next;
    private final int kind;
    private final EntryId id;
    private final byte[] payload;

    Entry(Position position, Position next, int kind, EntryId id, byte[] payload) {
        this.position = position;
        this.next = next;
        this.kind = kind;
        this.id = id;
        this.payload = payload;
    }

    /** Where it stands; what {@link Journal#entry} takes. */
    public Position position() {
        return position;
    }

    /** The place right behind it: what a consumer remembers once it is done with this entry. */
    public Position next() {
        return next;
    }

    /** The caller's kind, 0 to 255. */
    public int kind() {
        return kind;
    }

    /** What it is about. */
    public EntryId id() {
        return id;
    }

    /** Its octets, not a copy; not to be changed. */
    public byte[] payload() {
        return payload;
    }
}

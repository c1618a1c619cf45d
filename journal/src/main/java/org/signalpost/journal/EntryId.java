package org.signalpost.journal;

/** What an entry is about: 128 bits of the caller's. Immutable and safe to share. */
public record EntryId(long high, long low) {}

package org.signalpost.rewrite;

/**
 * Whether undoing the edits of one mail gives it back.
 *
 * @param holds whether it does, and nothing outside the edited leaves differs
 * @param sentence what was found, for a person
 */
public record Verification(boolean holds, String sentence) {}

package org.signalpost.rewrite;

/**
 * Why every link and the mail as a whole was tracked or not; the one record behind the command line, the API and the
 * log. Immutable and safe to share.
 *
 * @param json the record as one JSON object
 */
public record Explanation(String json) {}

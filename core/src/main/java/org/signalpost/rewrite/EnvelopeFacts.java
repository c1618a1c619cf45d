package org.signalpost.rewrite;

/**
 * What the engine has to know of the transport.
 *
 * @param messageKey names the mail among all mails and stays the same over restarts: the spool's ULID in the relay, the
 *     SHA-256 of the mail in the mailet; track ids are derived from it
 * @param sender the envelope sender, empty for the null sender
 */
public record EnvelopeFacts(String messageKey, String sender) {}

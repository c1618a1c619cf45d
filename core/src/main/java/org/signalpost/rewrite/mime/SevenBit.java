package org.signalpost.rewrite.mime;

import org.signalpost.rewrite.RawMessage;
import org.signalpost.rewrite.Reason;

/**
 * A mail for a peer without 8BITMIME (RFC 6152 section 3): nothing 8-bit in a body, and every part decodes to the same
 * octets as before. Octets of header fields stay as they came. Immutable and safe to share.
 */
public sealed interface SevenBit {
    /** Nothing in a body is 8-bit: the mail goes as it is. */
    record Same() implements SevenBit {}

    /** Parts were encoded anew. */
    record Converted(RawMessage message) implements SevenBit {}

    /** It can't be done without breaking a signature or changing what a part says. */
    record Impossible(Reason reason) implements SevenBit {}

    /** Pure; costs a reading of the mail, and two more when there is something to encode. */
    static SevenBit of(RawMessage mail) {
        return SevenBitPlan.encoded(mail.octets());
    }
}

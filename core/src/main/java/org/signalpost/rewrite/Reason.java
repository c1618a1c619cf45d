package org.signalpost.rewrite;

import java.util.Locale;

/** Why a mail, or a part of it, was left as it was. The code words are part of the API and never change meaning. */
public enum Reason {
    /** There is no HTML that could be tracked. */
    NO_HTML,
    /** Opens and clicks are both switched off, by configuration or by a control field. */
    TRACKING_OFF,
    /** The recipient or the sender opted out. */
    OPTED_OUT,
    /** The recipient's consent does not allow it. */
    CONSENT,
    /** The mail comes from {@code <>}: a bounce. */
    NULL_SENDER,
    /** A delivery, disposition or abuse report. */
    REPORT,
    /** Sent by a machine as an answer (RFC 3834). */
    AUTO_SUBMITTED,
    /** multipart/signed (RFC 1847). */
    SIGNED,
    /** multipart/encrypted (RFC 1847). */
    ENCRYPTED,
    /** S/MIME in one opaque part (RFC 8551). */
    SMIME,
    /** A PGP message or signature inside a text part. */
    INLINE_PGP,
    /** Carries a DKIM, ARC or DomainKeys signature that a change would break. */
    DKIM_SIGNED,
    /** An invitation (RFC 6047). */
    CALENDAR,
    /** message/partial or message/external-body at the top. */
    PARTIAL,
    /** Has passed one of our hops before. */
    ALREADY_TRACKED,
    /** A header that different readers read differently. */
    MALFORMED_HEADER,
    /** A field given twice, or a parameter with two values. */
    AMBIGUOUS_HEADER,
    /** A multipart boundary that can't be told from another's. */
    AMBIGUOUS_BOUNDARY,
    /** A multipart without a usable boundary. */
    BOUNDARY,
    /** A transfer encoding that is unknown, or not encoded as it says. */
    TRANSFER_ENCODING,
    /** A character set whose octets can't be searched for markup. */
    CHARSET,
    /** Larger than the engine takes on. */
    TOO_LARGE,
    /** More depth, parts or attributes than the engine takes on. */
    TOO_COMPLEX,
    /** It took too long, or the result would be too large. */
    BUDGET,
    /** The proof that the change can be undone did not hold. */
    VERIFICATION_FAILED,
    /** The tracks could not be registered. */
    NOT_REGISTERED,
    /** One copy for each recipient would be more than the operator allows. */
    TOO_MANY_COPIES,
    /** The tracking host does not answer. */
    TRACKING_HOST_DOWN,
    /** The tracked copy is larger than the next hop takes, the original is not. */
    PEER_SIZE,
    /** The account has made all the tracks of this month. */
    QUOTA_EXCEEDED,
    /** Nothing in it was to be changed: no link to wrap, and no place for a pixel. */
    NOTHING_TO_TRACK,
    /** An error of ours. */
    INTERNAL_ERROR;

    /** The code word: lower case, words joined by a hyphen. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

package org.signalpost.rewrite.html;

import java.util.Locale;

/** Why a link is not tracked (the rewriting page's link policy). The code words are API and never change meaning. */
public enum LinkReason {
    /** Click tracking is switched off for the mail. */
    CLICKS_OFF,
    /** The author exempted it by an attribute of ours or a vendor's, or a marked scheme. */
    OPTED_OUT,
    /** No value. */
    EMPTY,
    /** Leads to a place in the same document. */
    FRAGMENT,
    /** Not absolute. */
    RELATIVE,
    /** Neither http nor https. */
    SCHEME,
    /** An unexpanded template. */
    PLACEHOLDER,
    /** Not an address every client reads alike. */
    MALFORMED_URL,
    /** Carries a user name. */
    USERINFO,
    /** An international host name that clients map differently. */
    IDN,
    /** Leads to us already. */
    OWN_LINK,
    /** The configuration excludes its host. */
    HOST_EXCLUDED,
    /** Unsubscribes. */
    UNSUBSCRIBE,
    /** Looks like a credential or a signed URL. */
    ONE_TIME,
    /** Its text is an address on another host; clients would warn of fraud. */
    VISIBLE_URL,
    /** Longer than a tracked link carries. */
    TOO_LONG,
    /** The tracked URL would not fit into a line of its leaf. */
    LINE_LENGTH,
    /** Its characters can't be decoded. */
    UNDECODABLE,
    /** A value without quotes that can't take what is to be written. */
    UNQUOTED,
    /** The mail has more links than are tracked. */
    LIMIT;

    /** The code word: lower case, words joined by a hyphen. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

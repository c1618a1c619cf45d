package org.signalpost.store;

import java.util.Locale;

/** Why a purchase is put down to a track. */
public enum CreditedBy {
    /** The shop named the mail. */
    MESSAGE,
    /** The buyer followed a link of its mail, and no other since. */
    CLICK,
    /** The buyer opened its mail, and no other since, and followed no link. */
    OPEN,
    /** It is put down to no track. */
    NONE;

    /** How the books and the API write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static CreditedBy of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}

package org.signalpost.http.api;

import java.util.List;
import java.util.Set;
import org.signalpost.http.Scope;
import org.signalpost.store.Account;
import org.signalpost.store.ApiKey;
import org.signalpost.store.Plan;

/**
 * Whoever asks, by the key it asked with. Immutable and safe to share.
 *
 * @param key the id of the key, which is no secret
 * @param account whose tracks it sees and makes
 * @param plan how many calls it may make
 * @param scopes what it may do
 * @param kind what sort of key it is
 * @param origins the web pages that a public key may be used on; empty is all of them
 */
record Caller(String key, long account, Plan plan, Set<Scope> scopes, ApiKey.Kind kind, List<String> origins) {
    Caller {
        scopes = Set.copyOf(scopes);
        origins = List.copyOf(origins);
    }

    /** Whether it is of the account that runs this server. */
    boolean isOperator() {
        return account == Account.FIRST;
    }
}

package org.signalpost.relay.dkim;

import java.util.Set;
import org.signalpost.rewrite.RawMessage;

/**
 * What is signed, and whose signatures may be taken off. Mail that somebody has signed goes as it came, unless all its
 * signatures are of domains whose keys we have and the operator wants it signed again. Safe to share.
 */
public final class DkimPolicy {
    private final DkimKeys keys;
    private final DkimSigner signer;
    private final boolean resign;

    /** Signs with these keys; {@code resign} takes off what they made before. */
    public DkimPolicy(DkimKeys keys, boolean resign) {
        this.keys = keys;
        this.signer = new DkimSigner(keys);
        this.resign = resign;
    }

    /** The mail as it is to be rewritten. */
    public RawMessage beforeRewriting(RawMessage message) {
        if (!resign) {
            return message;
        }
        DkimSignatures found = DkimSignatures.of(message);
        Set<String> domains = found.domains();
        if (!found.any()
                || found.sealed()
                || domains.isEmpty()
                || !domains.stream().allMatch(keys::has)) {
            return message;
        }
        RawMessage bare = message;
        for (String domain : domains) {
            bare = DkimSignatures.of(bare).without(domain);
        }
        return bare;
    }

    /** The copy as it goes out. */
    public RawMessage sign(RawMessage copy) {
        return keys.domains().isEmpty() || DkimSignatures.of(copy).any() ? copy : signer.sign(copy);
    }
}

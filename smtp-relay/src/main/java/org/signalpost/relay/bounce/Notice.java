package org.signalpost.relay.bounce;

import java.time.Instant;
import java.util.List;
import org.signalpost.rewrite.RawMessage;

/**
 * What one notice to a sender tells (RFC 3461, 3464). Immutable and safe to share.
 *
 * <p>Nothing in it has to be trustworthy: whatever a peer, a client or a mail says can't end a line or a part of the
 * notice.
 *
 * @param own the notice itself
 * @param original the mail that it is about
 * @param recipients what became of whom, at least one
 */
public record Notice(Own own, Original original, List<Recipient> recipients) {
    /** Copies the list; refuses a notice about nobody. */
    public Notice {
        recipients = List.copyOf(recipients);
        if (recipients.isEmpty()) {
            throw new IllegalArgumentException("a notice about no recipient");
        }
    }

    /**
     * The octets to send, with CRLF line ends and no line over 998 octets: 7-bit, but for a notice in UTF-8.
     *
     * <p>A pure function: the same notice gives the same octets.
     */
    public RawMessage message() {
        return NoticeWriter.write(this);
    }

    /**
     * What the notice is as a mail.
     *
     * @param hostname our name
     * @param id what makes its Message-ID, unlike that of any other notice
     * @param at its date
     * @param form what the way to the sender carries
     */
    public record Own(String hostname, String id, Instant at, Form form) {}

    /** What the way back to the sender carries. */
    public enum Form {
        /** Anything carries it; addresses that are not ASCII are escaped (RFC 6533 section 3). */
        SEVEN_BIT,
        /** It goes with SMTPUTF8: addresses and returned mail stand as they are. */
        UTF8
    }

    /**
     * The mail that the notice is about.
     *
     * @param sender its envelope sender; never the null sender
     * @param envelopeId its ENVID, decoded; empty when it has none
     * @param arrivedAt when we accepted it
     * @param wanted how much of it the sender wants back
     * @param message the mail as it was accepted
     */
    public record Original(String sender, String envelopeId, Instant arrivedAt, Ret wanted, RawMessage message) {
        /** Refuses the null sender: nobody is to be told. */
        public Original {
            if (sender.isEmpty()) {
                throw new IllegalArgumentException("a notice to the null sender");
            }
        }
    }

    /** RET of MAIL; HDRS also when there was none. */
    public enum Ret {
        /** The whole mail; when it is over 64 KB or does not fit the notice's form, the header all the same. */
        FULL,
        /** The header. */
        HDRS
    }

    /**
     * One recipient.
     *
     * @param address the envelope recipient
     * @param orcpt its ORCPT, such as {@code rfc822;ann@example.com}, decoded; empty when there is none
     * @param action what became of it
     * @param status the code for it
     * @param said why
     * @param lastAttempt when it was tried last
     */
    public record Recipient(
            String address, String orcpt, Action action, StatusCode status, Said said, Instant lastAttempt) {}

    /** What became of a recipient. */
    public sealed interface Action {
        /** Not delivered, and not tried again. */
        record Failed() implements Action {}

        /** Not delivered yet; tried until then. */
        record Delayed(Instant until) implements Action {}

        /** Passed on to a system that sends no notices of delivery. */
        record Relayed() implements Action {}
    }

    /** Whose words explain what became of a recipient. */
    public sealed interface Said {
        /** The words, not to be trusted. */
        String words();

        /** A peer's reply, as it came. */
        record ByPeer(String peer, String words) implements Said {}

        /** Our own sentence; no peer spoke. */
        record ByUs(String words) implements Said {}
    }
}

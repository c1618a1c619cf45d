package org.signalpost.relay.smtp;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.signalpost.net.Network;

/**
 * How mail is taken. Immutable and safe to share.
 *
 * @param doors the addresses that speak SMTP
 * @param hostname our name in the banner and in EHLO
 * @param rules what is taken from whom
 * @param limits how much one client, and all together, may do
 * @param patience how long everything may take
 */
public record SmtpSettings(List<Door> doors, String hostname, Rules rules, Limits limits, Patience patience) {
    /** Copies the list. */
    public SmtpSettings {
        doors = List.copyOf(doors);
    }

    /** With the usual limits. */
    public SmtpSettings(List<Door> doors, String hostname, Rules rules) {
        this(doors, hostname, rules, Limits.usual(), Patience.usual());
    }

    /**
     * One address that speaks SMTP.
     *
     * @param address where; port 0 picks a free one
     * @param tls whether it speaks TLS from the first octet
     * @param proxied whether a proxy stands before it, which says by a PROXY header who comes
     */
    public record Door(InetSocketAddress address, boolean tls, boolean proxied) {
        /** Speaks plain SMTP to whoever comes. */
        public static Door plain(InetSocketAddress address) {
            return new Door(address, /* tls= */ false, /* proxied= */ false);
        }
    }

    /**
     * What is taken from whom.
     *
     * @param trusted the networks that may send without signing in
     * @param ownership where a key may use only the names that are set for it
     * @param newlines what becomes of a CR or LF alone
     * @param maxMessage the largest mail in octets, after unstuffing
     * @param maxRecipients how many recipients one mail may have
     */
    public record Rules(
            List<Network> trusted, Ownership ownership, Newlines newlines, long maxMessage, int maxRecipients) {
        /** Copies the list. */
        public Rules {
            trusted = List.copyOf(trusted);
        }
    }

    /** Where a key may use only the addresses and domains that are set for it. */
    public enum Ownership {
        /** Nowhere. */
        OFF,
        /** In MAIL. */
        ENVELOPE,
        /** In the From field. */
        FROM,
        /** In both. */
        BOTH
    }

    /** What becomes of a CR or LF alone in a mail. */
    public enum Newlines {
        /** It becomes CRLF. */
        NORMALIZE,
        /** The mail is refused. */
        REJECT
    }

    /**
     * How much one client, and all together, may do.
     *
     * @param connections how many clients at once, at all addresses together
     * @param perClient how many connections from one address
     * @param errors replies 4xx and 5xx before the session is ended
     * @param junk NOOP, RSET, VRFY, a second EHLO and the like without a mail between
     * @param hops Received fields
     */
    public record Limits(int connections, int perClient, int errors, int junk, int hops) {
        /** Those of the documentation. */
        public static Limits usual() {
            return new Limits(1000, 50, 20, 100, 50);
        }
    }

    /**
     * How long everything may take.
     *
     * @param command one whole command line, from the end of the one before
     * @param stressed the same when there are many clients
     * @param minRate octets per second that a mail must reach
     * @param greeting how long we are silent before the banner; whoever talks earlier is no mail server
     */
    public record Patience(Duration command, Duration stressed, long minRate, Duration greeting) {
        /** Those of the documentation. */
        public static Patience usual() {
            return new Patience(Duration.ofMinutes(5), Duration.ofSeconds(10), 500, Duration.ZERO);
        }
    }
}

package org.signalpost.relay.smtp;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * How mail is taken. Immutable and safe to share.
 *
 * @param listen the address that speaks SMTP; port 0 picks a free one
 * @param hostname our name in the banner and in EHLO
 * @param trusted the networks that may send
 * @param maxMessage the largest mail in octets, after unstuffing
 * @param maxRecipients how many recipients one mail may have
 * @param limits what one client may do, and how long it may take
 */
public record SmtpSettings(
        InetSocketAddress listen,
        String hostname,
        List<Network> trusted,
        long maxMessage,
        int maxRecipients,
        Limits limits) {
    /** Copies the list. */
    public SmtpSettings {
        trusted = List.copyOf(trusted);
    }

    /** With the usual limits. */
    public SmtpSettings(
            InetSocketAddress listen, String hostname, List<Network> trusted, long maxMessage, int maxRecipients) {
        this(listen, hostname, trusted, maxMessage, maxRecipients, Limits.usual());
    }

    /**
     * What one client may do, and how long it may take.
     *
     * @param connections how many clients at once
     * @param perClient how many connections from one address
     * @param errors replies 4xx and 5xx before the session is ended
     * @param junk NOOP, RSET, VRFY and the like without a mail between
     * @param hops Received fields
     * @param command for one whole command line
     * @param bodyStart until the first octet of a mail
     * @param minRate octets per second that a mail must reach
     * @param drain how long a closing listener waits for mail that is being received
     */
    public record Limits(
            int connections,
            int perClient,
            int errors,
            int junk,
            int hops,
            Duration command,
            Duration bodyStart,
            int minRate,
            Duration drain) {
        /** Those of the documentation. */
        public static Limits usual() {
            return new Limits(
                    1000, 50, 20, 100, 50, Duration.ofMinutes(5), Duration.ofMinutes(5), 500, Duration.ofSeconds(8));
        }
    }
}

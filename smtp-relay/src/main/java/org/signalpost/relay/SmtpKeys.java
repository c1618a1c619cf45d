package org.signalpost.relay;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.signalpost.net.Network;
import org.signalpost.relay.smtp.SmtpSettings;
import org.signalpost.settings.Addresses;
import org.signalpost.settings.DataSize;
import org.signalpost.settings.Key;

/** The configuration keys of receiving. */
final class SmtpKeys {
    static final Key<List<InetSocketAddress>> SMTP_LISTEN = Key.list(
            "smtp.listen",
            "127.0.0.1:2525",
            "The addresses that speak SMTP, with STARTTLS when there is a certificate; port 0 picks a free one.",
            Addresses::listen);

    static final Key<List<InetSocketAddress>> LISTEN_TLS = Key.list(
            "smtp.listen-tls", "", "The addresses that speak SMTP under TLS from the first octet.", Addresses::listen);

    static final Key<List<InetSocketAddress>> PROXY_PROTOCOL = Key.list(
            "smtp.proxy-protocol",
            "",
            "Those of the addresses above that only a proxy reaches, which says by a PROXY header who comes.",
            Addresses::listen);

    static final Key<String> CERTIFICATE = Key.text(
            "smtp.tls.certificate",
            "",
            "The PEM file of the server's certificate and those above it; read again when it changes.");

    static final Key<String> CERTIFICATE_KEY =
            Key.text("smtp.tls.key", "", "The PEM file of the certificate's key; read again when it changes.");

    static final Key<List<Network>> TRUSTED_NETWORKS = Key.list(
            "smtp.trusted-networks",
            "127.0.0.0/8,::1/128",
            "The networks that may send through this relay without signing in.",
            Network::parse);

    static final Key<String> HOSTNAME = Key.text(
            "smtp.hostname",
            "",
            "What the relay calls itself in the banner, EHLO and Received; empty is the machine's name.");

    static final Key<DataSize> MAX_MESSAGE =
            Key.size("smtp.max-message", "25MB", "The largest mail that is taken, in octets.");

    static final Key<Integer> MAX_RECIPIENTS =
            Key.number("smtp.max-recipients", "1000", "How many recipients one mail may have, at most 3000.");

    static final Key<Boolean> ALLOW_INSECURE = Key.flag(
            "smtp.allow-insecure",
            "false",
            "Whether an address that others reach may do without TLS and AUTH, and mail may go elsewhere in clear.");

    static final Key<SmtpSettings.Ownership> SENDER_OWNERSHIP = new Key<>(
            "smtp.sender-ownership",
            "off",
            "Where a key may use only the senders that are set for it: off, envelope, from or both.",
            SmtpKeys::ownership);

    static final Key<SmtpSettings.Newlines> BARE_NEWLINE = new Key<>(
            "smtp.bare-newline",
            "normalize",
            "What becomes of a CR or LF alone in a mail: normalize (it becomes CRLF) or reject (550 5.6.11).",
            SmtpKeys::newlines);

    static final Key<Integer> MAX_HOPS = Key.number("smtp.max-hops", "50", "How many Received fields a mail may have.");

    static final Key<Integer> MAX_CONNECTIONS =
            Key.number("smtp.max-connections", "1000", "How many clients may be connected at once.");

    static final Key<Integer> MAX_PER_CLIENT = Key.number(
            "smtp.max-connections-per-client",
            "50",
            "How many connections one address may have at once; IPv6 counts by /64.");

    static final Key<Integer> MAX_ERRORS =
            Key.number("smtp.max-errors", "20", "How many replies 4xx and 5xx end a session.");

    static final Key<Integer> MAX_JUNK = Key.number(
            "smtp.max-junk",
            "100",
            "How many NOOP, RSET, VRFY, HELP and further EHLO without a mail between end a session.");

    static final Key<Duration> COMMAND_TIMEOUT =
            Key.duration("smtp.command-timeout", "300s", "How long a client may take for one whole command.");

    static final Key<Duration> STRESS_TIMEOUT = Key.duration(
            "smtp.stress-timeout", "10s", "The same while more than 80 percent of smtp.max-connections are there.");

    static final Key<DataSize> MIN_RATE =
            Key.size("smtp.min-rate", "500B", "How many octets a second a mail that comes in has to reach.");

    static final Key<Duration> GREETING_PAUSE = Key.duration(
            "smtp.greeting-pause", "0ms", "How long the banner is held back; whoever talks earlier is cut off.");

    static final Key<DataSize> SPOOL_MEMORY = Key.size(
            "spool.memory", "64MB", "How much mail that is coming in is held in memory; the rest is in files.");

    static final Key<Boolean> TRACE_CLIENT = new Key<>(
            "trace.client",
            "hide",
            "Whether Received fields tell recipients the address of whoever submitted a mail: hide or show.",
            SmtpKeys::shows);

    private static SmtpSettings.Ownership ownership(String text) {
        return switch (text) {
            case "off" -> SmtpSettings.Ownership.OFF;
            case "envelope" -> SmtpSettings.Ownership.ENVELOPE;
            case "from" -> SmtpSettings.Ownership.FROM;
            case "both" -> SmtpSettings.Ownership.BOTH;
            default -> throw new IllegalArgumentException("off, envelope, from or both is wanted");
        };
    }

    private static SmtpSettings.Newlines newlines(String text) {
        return switch (text) {
            case "normalize" -> SmtpSettings.Newlines.NORMALIZE;
            case "reject" -> SmtpSettings.Newlines.REJECT;
            default -> throw new IllegalArgumentException("normalize or reject is wanted");
        };
    }

    private static boolean shows(String text) {
        return switch (text) {
            case "hide" -> false;
            case "show" -> true;
            default -> throw new IllegalArgumentException("hide or show is wanted");
        };
    }

    static final List<Key<?>> ALL = List.of(
            SMTP_LISTEN,
            LISTEN_TLS,
            PROXY_PROTOCOL,
            HOSTNAME,
            CERTIFICATE,
            CERTIFICATE_KEY,
            TRUSTED_NETWORKS,
            ALLOW_INSECURE,
            SENDER_OWNERSHIP,
            MAX_MESSAGE,
            MAX_RECIPIENTS,
            MAX_CONNECTIONS,
            MAX_PER_CLIENT,
            MAX_ERRORS,
            MAX_JUNK,
            COMMAND_TIMEOUT,
            STRESS_TIMEOUT,
            MIN_RATE,
            GREETING_PAUSE,
            BARE_NEWLINE,
            MAX_HOPS,
            SPOOL_MEMORY,
            TRACE_CLIENT);

    private SmtpKeys() {}
}

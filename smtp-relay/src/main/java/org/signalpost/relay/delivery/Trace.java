package org.signalpost.relay.delivery;

import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.relay.spool.StoredMail;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.rewrite.mime.Fields;
import org.signalpost.rewrite.mime.MimeScanner;
import org.signalpost.rewrite.mime.Part;

/**
 * The fields a copy gets on top: Received, and what a submission lacks. Their times are those of acceptance, so that a
 * copy made again is the same. Immutable and safe to share.
 */
public final class Trace {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "EEE, d MMM uuuu HH:mm:ss Z", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private static final Pattern NOT_OF_A_NAME = Pattern.compile("[^A-Za-z0-9.:_\\[\\]-]");

    private final String hostname;
    private final String instance;
    private final boolean showClient;

    /** We are {@code hostname}; {@code instance} is how we know our own Received fields again. */
    public Trace(String hostname, String instance, boolean showClient) {
        this.hostname = hostname;
        this.instance = instance;
        this.showClient = showClient;
    }

    /** The copy with its new fields. */
    RawMessage onTop(StoredMail mail, RawMessage copy) {
        String top = received(mail) + missing(mail, copy);
        byte[] fields = top.getBytes(StandardCharsets.UTF_8);
        var octets = new byte[fields.length + copy.size()];
        System.arraycopy(fields, 0, octets, 0, fields.length);
        System.arraycopy(copy.octets(), 0, octets, fields.length, copy.size());
        return RawMessage.of(octets);
    }

    /** RFC 5321 section 4.4; without FOR, which would tell one recipient of another. */
    private String received(StoredMail mail) {
        Envelope.Origin origin = mail.envelope().origin();
        if (mail.notice()) {
            // It came from nowhere but here.
            return "";
        }
        String address = origin.client().indexOf(':') >= 0 ? "IPv6:" + origin.client() : origin.client();
        String helo = NOT_OF_A_NAME.matcher(origin.helo()).replaceAll("?");
        return "Received: from " + (helo.isEmpty() ? "unknown" : helo) + " ("
                + (showClient ? "[" + address + "]" : "[hidden]") + ")\r\n\tby " + hostname + " (Signalpost " + instance
                + ") with " + origin.protocol() + " id " + mail.id().ulid() + ";\r\n\t"
                + DATE.format(mail.acceptedAt()) + "\r\n";
    }

    /** RFC 6409 section 8: what a submission has to have; nothing is added to what somebody has signed. */
    private String missing(StoredMail mail, RawMessage copy) {
        Optional<Fields> fields = MimeScanner.top(copy.octets()).map(Part::fields);
        if (mail.notice()
                || fields.isEmpty()
                || fields.get().first("dkim-signature").isPresent()) {
            return "";
        }
        String date = fields.get().first("date").isPresent() ? "" : "Date: " + DATE.format(mail.acceptedAt()) + "\r\n";
        String id = fields.get().first("message-id").isPresent()
                ? ""
                : "Message-ID: <" + mail.id().ulid() + "@" + hostname + ">\r\n";
        return date + id;
    }
}

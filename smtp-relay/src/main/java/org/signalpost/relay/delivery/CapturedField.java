package org.signalpost.relay.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.rewrite.mime.HeaderText;
import org.signalpost.track.CapturedMail;
import org.signalpost.track.MessageId;
import org.signalpost.track.TrackingDecision;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The first field of a captured copy: what is known of it, and what its sender wants to be told when it goes out after
 * all. Immutable and safe to share.
 *
 * @param mail what is shown of the copy
 * @param recipient whom it goes to, with what RCPT said (RFC 3461)
 * @param wishes what MAIL said
 */
record CapturedField(CapturedMail mail, Envelope.Recipient recipient, Envelope.Wishes wishes) {
    private static final Logger LOG = LoggerFactory.getLogger(CapturedField.class);
    private static final String NAME = "X-Signalpost-Captured: ";
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    /** Of a copy that is captured at this time. */
    static CapturedField of(String id, Instant at, Consignment consignment, Outgoing copy) {
        String track = "";
        String reason = "";
        switch (copy.decision()) {
            case TrackingDecision.Tracked tracked ->
                track = tracked.track().id().toString();
            case TrackingDecision.Untracked untracked -> reason = untracked.reason();
        }
        var mail = new CapturedMail(
                id,
                copy.id(),
                at,
                copy.sender(),
                copy.recipient(),
                HeaderText.subject(copy.message().octets()),
                copy.message().size(),
                track,
                reason);
        Envelope.Recipient asked = consignment.recipient();
        Envelope.Wishes wishes = consignment.wishes();
        return new CapturedField(
                mail,
                new Envelope.Recipient(copy.recipient(), asked.notices(), asked.original()),
                new Envelope.Wishes(copy.utf8(), wishes.giveBack(), wishes.id()));
    }

    /** The field with its line end. */
    byte[] octets() {
        ObjectNode json = JSON.createObjectNode()
                .put("id", mail.id())
                .put("message", mail.message().toString())
                .put("at", mail.at().toString())
                .put("sender", mail.sender())
                .put("recipient", mail.recipient())
                .put("subject", mail.subject())
                .put("size", mail.size())
                .put("track", mail.track())
                .put("reason", mail.reason())
                .put("utf8", wishes.utf8())
                .put("ret", wishes.giveBack().name())
                .put("envid", wishes.id())
                .put("orcpt", recipient.original());
        var notify = json.putArray("notify");
        recipient.notices().stream().sorted().map(Enum::name).forEach(notify::add);
        return (NAME + JSON.writeValueAsString(json) + "\r\n").getBytes(UTF_8);
    }

    /** The copy behind the field. */
    static byte[] copy(byte[] file) {
        return Arrays.copyOfRange(file, Math.min(lineEnd(file) + 2, file.length), file.length);
    }

    private static int lineEnd(byte[] file) {
        int end = 0;
        while (end < file.length && file[end] != '\r') {
            end++;
        }
        return end;
    }

    /** What a file says; empty for one that is not ours, or was changed. */
    static Optional<CapturedField> read(byte[] file) {
        String line = new String(file, 0, lineEnd(file), UTF_8);
        if (!line.startsWith(NAME)) {
            return Optional.empty();
        }
        try {
            JsonNode json = JSON.readTree(line.substring(NAME.length()));
            return MessageId.parse(json.path("message").asString()).map(message -> of(json, message));
        } catch (JacksonException | DateTimeException | IllegalArgumentException e) {
            LOG.warn("a captured mail can't be read: {}", e.toString());
            return Optional.empty();
        }
    }

    private static CapturedField of(JsonNode json, MessageId message) {
        var mail = new CapturedMail(
                json.path("id").asString(),
                message,
                Instant.parse(json.path("at").asString()),
                json.path("sender").asString(),
                json.path("recipient").asString(),
                json.path("subject").asString(),
                json.path("size").asLong(),
                json.path("track").asString(),
                json.path("reason").asString());
        var notices = new LinkedHashSet<Envelope.Notify>();
        json.path("notify").forEach(word -> notices.add(Envelope.Notify.valueOf(word.asString())));
        // Copies of earlier versions do not say more than that.
        var giveBack = Envelope.Return.valueOf(json.path("ret").asString(Envelope.Return.UNSAID.name()));
        return new CapturedField(
                mail,
                new Envelope.Recipient(
                        mail.recipient(), notices, json.path("orcpt").asString("")),
                new Envelope.Wishes(
                        json.path("utf8").asBoolean(false),
                        giveBack,
                        json.path("envid").asString("")));
    }

    /** The envelope with which it goes out; {@code origin} says where it comes from. */
    Envelope envelope(Envelope.Origin origin) {
        return new Envelope(mail.sender(), List.of(recipient), origin, wishes);
    }
}

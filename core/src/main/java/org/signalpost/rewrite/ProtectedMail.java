package org.signalpost.rewrite;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.signalpost.rewrite.Cuts.Cut;
import org.signalpost.rewrite.mime.ContentType;
import org.signalpost.rewrite.mime.Fields;
import org.signalpost.rewrite.mime.Part;
import org.signalpost.rewrite.mime.TransferEncoding;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackId;

/** Mail that must not be changed, and the fields that never leave with any. */
final class ProtectedMail {
    private static final String PASS = "x-signalpost-pass";
    private static final String MESSAGE_ID = "message-id";
    private static final Set<String> SIGNATURES =
            Set.of("dkim-signature", "arc-seal", "arc-message-signature", "domainkey-signature");

    private static final Set<String> REPORTS = Set.of(
            "multipart/report",
            "message/delivery-status",
            "message/disposition-notification",
            "message/feedback-report");

    private static final OctetSearch PGP = new OctetSearch("-----BEGIN PGP ".getBytes(StandardCharsets.US_ASCII));

    private ProtectedMail() {}

    /** The decoded body of a part. */
    interface Bodies {
        /** Empty when it can't be decoded. */
        Optional<TransferEncoding> of(Part part);
    }

    /** The first reason that speaks against tracking; empty when none does. */
    static Optional<Reason> reason(
            Part mail, Bodies bodies, EnvelopeFacts envelope, SigningKeys keys, ControlFields control) {
        Fields fields = mail.fields();
        if (mail.opaque().isPresent()) {
            return mail.opaque();
        }
        if (control.optedOut()) {
            return Optional.of(Reason.OPTED_OUT);
        }
        if (control.level() == ControlFields.Level.NONE) {
            return Optional.of(Reason.CONSENT);
        }
        if (envelope.sender().isEmpty()) {
            return Optional.of(Reason.NULL_SENDER);
        }
        String type = mail.type().name();
        if (REPORTS.contains(type)) {
            return Optional.of(Reason.REPORT);
        }
        if (automatic(fields, control)) {
            return Optional.of(Reason.AUTO_SUBMITTED);
        }
        if (type.equals("message/partial") || type.equals("message/external-body")) {
            return Optional.of(Reason.PARTIAL);
        }
        if (passed(fields, keys)) {
            return Optional.of(Reason.ALREADY_TRACKED);
        }
        if (fields.list().stream().anyMatch(field -> SIGNATURES.contains(field.name()))) {
            return Optional.of(Reason.DKIM_SIGNED);
        }
        return ofPart(mail, bodies, /* alternative= */ false);
    }

    /** RFC 3834; what a machine generated on a person's behalf may ask to be tracked. */
    private static boolean automatic(Fields fields, ControlFields control) {
        if (!fields.has("auto-submitted")) {
            return false;
        }
        String value = fields.first("auto-submitted").orElse("no").toLowerCase(Locale.ROOT);
        String word = value.split("[;(\\s]", 2)[0];
        return !word.equals("no") && !(word.equals("auto-generated") && control.asked());
    }

    private static Optional<Reason> ofPart(Part part, Bodies bodies, boolean alternative) {
        Optional<Reason> own = own(part, bodies, alternative);
        if (own.isPresent()) {
            return own;
        }
        boolean choice = part.type().name().equals("multipart/alternative");
        for (Part child : part.children()) {
            Optional<Reason> inside = ofPart(child, bodies, choice);
            if (inside.isPresent()) {
                return inside;
            }
        }
        return Optional.empty();
    }

    private static Optional<Reason> own(Part part, Bodies bodies, boolean alternative) {
        return switch (part.type().name()) {
            case "multipart/signed" -> Optional.of(Reason.SIGNED);
            case "multipart/encrypted" -> Optional.of(Reason.ENCRYPTED);
            case "application/pkcs7-mime", "application/x-pkcs7-mime" -> Optional.of(Reason.SMIME);
            case "application/octet-stream" ->
                names(part).anyMatch(name -> name.toLowerCase(Locale.ROOT).endsWith(".p7m"))
                        ? Optional.of(Reason.SMIME)
                        : Optional.empty();
            case "text/calendar" ->
                alternative || (part.type().parameter("method").isPresent() && !isAttachment(part))
                        ? Optional.of(Reason.CALENDAR)
                        : Optional.empty();
            default ->
                part.type().is("text/") && part.children().isEmpty() && inlinePgp(part, bodies)
                        ? Optional.of(Reason.INLINE_PGP)
                        : Optional.empty();
        };
    }

    private static Stream<String> names(Part part) {
        Optional<String> file = part.fields()
                .first("content-disposition")
                .map(ContentType::of)
                .flatMap(value -> value.parameter("filename"));
        return Stream.concat(part.type().parameter("name").stream(), file.stream());
    }

    private static boolean isAttachment(Part part) {
        return part.fields()
                .first("content-disposition")
                .map(ContentType::of)
                .filter(value -> value.name().equals("attachment"))
                .isPresent();
    }

    private static boolean inlinePgp(Part part, Bodies bodies) {
        Optional<byte[]> body = bodies.of(part).map(TransferEncoding::decoded);
        if (body.isEmpty()) {
            // What can't be decoded is not edited either.
            return false;
        }
        byte[] decoded = body.get();
        for (int at : PGP.find(decoded)) {
            String line = new String(decoded, at, Math.min(40, decoded.length - at), StandardCharsets.ISO_8859_1);
            boolean first = at == 0 || decoded[at - 1] == '\n';
            if (first
                    && (line.startsWith("-----BEGIN PGP MESSAGE-----")
                            || line.startsWith("-----BEGIN PGP SIGNED MESSAGE-----"))) {
                return true;
            }
        }
        return false;
    }

    /** The field that tells a later hop of ours that this mail is tracked already, without its line end. */
    static String pass(SigningKeys keys, TrackId track, Fields fields) {
        String message = fields.first(MESSAGE_ID).orElse("");
        return "X-Signalpost-Pass: 1; k=" + keys.active() + "; t=" + track + "; m="
                + mac(keys, keys.active(), track.toString(), message);
    }

    private static String mac(SigningKeys keys, int id, String track, String message) {
        String content = id + "\0" + track + "\0" + message;
        return keys.mac(id, "signalpost-pass-v1", content.getBytes(StandardCharsets.ISO_8859_1))
                .map(mac -> Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(mac, 16)))
                .orElse("");
    }

    private static boolean passed(Fields fields, SigningKeys keys) {
        return fields.values(PASS).stream().anyMatch(value -> genuine(value, fields, keys));
    }

    private static boolean genuine(String value, Fields fields, SigningKeys keys) {
        String[] words = value.split(";\\s*", -1);
        if (words.length != 4 || !words[0].equals("1") || !words[1].matches("k=[0-9]{1,3}")) {
            return false;
        }
        int id = Integer.parseInt(words[1].substring(2));
        String track = words[2].substring(Math.min(2, words[2].length()));
        // A mail that had no Message-ID when it was tracked has been given one on the way, by us or by another hop.
        return Stream.of(fields.first(MESSAGE_ID).orElse(""), "")
                .map(message -> mac(keys, id, track, message))
                .anyMatch(mac -> !mac.isEmpty() && same("m=" + mac, words[3]));
    }

    private static boolean same(String wanted, String given) {
        return MessageDigest.isEqual(
                wanted.getBytes(StandardCharsets.US_ASCII), given.getBytes(StandardCharsets.ISO_8859_1));
    }

    /**
     * The cuts that take out what never leaves: control fields, and Bcc. What a signature that stays covers, stays.
     *
     * @param tracked whether the mail is tracked here; then a pass of an earlier hop goes as well
     */
    static List<Cut> stripped(Part mail, RewriteSettings.Headers settings, boolean tracked) {
        Fields fields = mail.fields();
        Set<String> signed = tracked ? Set.of() : signedNames(fields);
        var cuts = new ArrayList<Cut>();
        for (Fields.Field field : fields.list()) {
            String name = field.name();
            boolean pass = name.equals(PASS);
            boolean ours = name.startsWith(ControlFields.PREFIX) && (!pass || tracked);
            boolean control = ours || settings.dialects().stream().anyMatch(dialect -> dialect.owns(name));
            boolean goes = name.equals("bcc") || (control && !settings.kept().contains(name));
            if (goes && !signed.contains(name)) {
                cuts.add(new Cut(field.from(), field.to(), new byte[0]));
            }
        }
        return cuts;
    }

    /** The names that the signatures of a mail cover. */
    private static Set<String> signedNames(Fields fields) {
        var names = new HashSet<String>();
        for (Fields.Field field : fields.list()) {
            if (SIGNATURES.contains(field.name())) {
                for (String tag : field.value().split(";", -1)) {
                    String[] pair = tag.split("=", 2);
                    if (pair.length == 2 && pair[0].strip().equals("h")) {
                        for (String name : pair[1].split(":", -1)) {
                            names.add(name.strip().toLowerCase(Locale.ROOT));
                        }
                    }
                }
            }
        }
        return names;
    }
}

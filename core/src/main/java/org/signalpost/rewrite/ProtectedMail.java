package org.signalpost.rewrite;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.signalpost.rewrite.Cuts.Cut;
import org.signalpost.rewrite.mime.Fields;
import org.signalpost.rewrite.mime.Part;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackId;

/** Mail that must not be changed, and the fields that never leave with any. */
final class ProtectedMail {
    private static final String PASS = "x-signalpost-pass";
    private static final Set<String> SIGNATURES =
            Set.of("dkim-signature", "arc-seal", "arc-message-signature", "domainkey-signature");

    private ProtectedMail() {}

    /** The first reason that speaks against tracking; empty when none does. */
    static Optional<Reason> reason(Part mail, byte[] octets, EnvelopeFacts envelope, SigningKeys keys) {
        Fields fields = mail.fields();
        if (mail.opaque().isPresent()) {
            return mail.opaque();
        }
        if (fields.first(ControlFields.PREFIX + "track")
                .filter("none"::equalsIgnoreCase)
                .isPresent()) {
            return Optional.of(Reason.OPTED_OUT);
        }
        if (envelope.sender().isEmpty()) {
            return Optional.of(Reason.NULL_SENDER);
        }
        String type = mail.type().name();
        if (type.equals("multipart/report")
                || type.equals("message/delivery-status")
                || type.equals("message/disposition-notification")
                || type.equals("message/feedback-report")) {
            return Optional.of(Reason.REPORT);
        }
        if (fields.first("auto-submitted")
                .filter(value -> !value.toLowerCase(Locale.ROOT).startsWith("no"))
                .isPresent()) {
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
        return mail.all().stream()
                .flatMap(part -> ofPart(part, octets).stream())
                .findFirst();
    }

    private static Optional<Reason> ofPart(Part part, byte[] octets) {
        String name = part.type().parameter("name").orElse("").toLowerCase(Locale.ROOT);
        return switch (part.type().name()) {
            case "multipart/signed" -> Optional.of(Reason.SIGNED);
            case "multipart/encrypted" -> Optional.of(Reason.ENCRYPTED);
            case "application/pkcs7-mime", "application/x-pkcs7-mime" -> Optional.of(Reason.SMIME);
            case "application/octet-stream" -> name.endsWith(".p7m") ? Optional.of(Reason.SMIME) : Optional.empty();
            case "text/calendar" ->
                part.type().parameter("method").isPresent() ? Optional.of(Reason.CALENDAR) : Optional.empty();
            default ->
                part.type().is("text/") && part.children().isEmpty() && inlinePgp(part, octets)
                        ? Optional.of(Reason.INLINE_PGP)
                        : Optional.empty();
        };
    }

    private static boolean inlinePgp(Part part, byte[] octets) {
        String text = new String(octets, part.body(), part.end() - part.body(), StandardCharsets.ISO_8859_1);
        return text.contains("-----BEGIN PGP MESSAGE-----") || text.contains("-----BEGIN PGP SIGNED MESSAGE-----");
    }

    /** The field that tells a later hop of ours that this mail is tracked already, without its line end. */
    static String pass(SigningKeys keys, TrackId track, Fields fields) {
        return "X-Signalpost-Pass: 1; k=" + keys.active() + "; t=" + track + "; m="
                + mac(keys, keys.active(), track.toString(), fields);
    }

    private static String mac(SigningKeys keys, int id, String track, Fields fields) {
        String content = id + "\0" + track + "\0" + fields.first("message-id").orElse("");
        return keys.mac(id, "signalpost-pass-v1", content.getBytes(StandardCharsets.ISO_8859_1))
                .map(mac -> HexFormat.of().formatHex(mac).substring(0, 22))
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
        String mac = mac(
                keys,
                Integer.parseInt(words[1].substring(2)),
                words[2].substring(Math.min(2, words[2].length())),
                fields);
        return !mac.isEmpty()
                && MessageDigest.isEqual(
                        ("m=" + mac).getBytes(StandardCharsets.US_ASCII),
                        words[3].getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The cuts that take out what never leaves: control fields, and Bcc unless the mail is signed. */
    static List<Cut> stripped(Part mail) {
        Fields fields = mail.fields();
        boolean signed = fields.list().stream().anyMatch(field -> SIGNATURES.contains(field.name()));
        var cuts = new ArrayList<Cut>();
        for (Fields.Field field : fields.list()) {
            boolean control = field.name().startsWith(ControlFields.PREFIX)
                    && !field.name().equals(PASS);
            if (control || (field.name().equals("bcc") && !signed)) {
                cuts.add(new Cut(field.from(), field.to(), new byte[0]));
            }
        }
        return cuts;
    }

    /** The same for mail that is tracked here: a pass that is not genuine goes as well. */
    static List<Cut> strippedWithPass(Part mail) {
        var cuts = new ArrayList<Cut>();
        for (Fields.Field field : mail.fields().list()) {
            if (field.name().startsWith(ControlFields.PREFIX) || field.name().equals("bcc")) {
                cuts.add(new Cut(field.from(), field.to(), new byte[0]));
            }
        }
        return cuts;
    }
}

package org.signalpost.relay.dkim;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.signalpost.rewrite.mime.Fields;
import org.signalpost.rewrite.mime.MimeScanner;
import org.signalpost.rewrite.mime.Part;

/**
 * Verifies signatures as a receiver does (RFC 6376 section 6.1): on the whole mail, read afresh, by what the signature
 * says of itself. Immutable and safe to share.
 */
final class SignatureCheck {
    private static final Pattern SIGNATURE = Pattern.compile("(;\\s*b\\s*=)[^;]*");

    private final byte[] octets;
    private final Fields fields;
    private final String bodyHash;

    private SignatureCheck(byte[] octets, Part top) {
        this.octets = octets;
        this.fields = top.fields();
        this.bodyHash = Base64.getEncoder().encodeToString(Relaxed.bodyHash(octets, top.body()));
    }

    /** Whether the signatures on top of a mail are of these keys, one after the other, and hold. */
    static List<Boolean> hold(byte[] octets, List<DkimKey> keys) {
        Optional<SignatureCheck> check = MimeScanner.top(octets).map(top -> new SignatureCheck(octets, top));
        return IntStream.range(0, keys.size())
                .mapToObj(nth -> check.isPresent() && check.get().holds(nth, keys.get(nth)))
                .toList();
    }

    private boolean holds(int nth, DkimKey key) {
        List<Fields.Field> signatures = DkimSignatures.fields(fields);
        if (nth >= signatures.size()) {
            return false;
        }
        Fields.Field signature = signatures.get(nth);
        TagList tags = TagList.parse(signature.value());
        boolean says = tags.value("v").equals("1")
                && tags.value("a").equals(key.algorithm().tag())
                && tags.value("c").equals("relaxed/relaxed")
                && tags.value("d").equals(key.domain())
                && tags.value("s").equals(key.selector())
                && tags.value("bh").equals(bodyHash)
                && tags.values("h").stream()
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .toList()
                        .contains("from");
        try {
            byte[] signed = Base64.getDecoder().decode(tags.value("b"));
            return says && key.algorithm().verifies(key.pair().getPublic(), content(signature, tags), signed);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    private byte[] content(Fields.Field signature, TagList tags) {
        String raw =
                new String(octets, signature.from(), signature.to() - signature.from(), StandardCharsets.ISO_8859_1);
        byte[] unsigned = SIGNATURE.matcher(raw).replaceFirst("$1").getBytes(StandardCharsets.ISO_8859_1);
        return Relaxed.content(octets, fields, tags.values("h"), unsigned);
    }
}

package org.signalpost.relay.dkim;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.rewrite.mime.Fields;
import org.signalpost.rewrite.mime.MimeScanner;
import org.signalpost.rewrite.mime.Part;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs mail with the keys of the domain in its From field (RFC 6376), or of the nearest domain above that has any.
 *
 * <p>The same mail and keys give the same octets: a signature carries no time. Safe to call from any thread; a
 * signature costs about two milliseconds of a processor and takes no lock.
 */
public final class DkimSigner {
    private static final Logger LOG = LoggerFactory.getLogger(DkimSigner.class);

    /** RFC 6376 section 5.4.1; each as often as it is there, From once more, so that none can be added. */
    private static final List<String> SIGNED = List.of(
            "From",
            "Sender",
            "Reply-To",
            "To",
            "Cc",
            "Subject",
            "Date",
            "Message-ID",
            "In-Reply-To",
            "References",
            "MIME-Version",
            "Content-Type",
            "Content-Transfer-Encoding",
            "List-Id",
            "List-Unsubscribe",
            "List-Unsubscribe-Post");

    private final DkimKeys keys;

    /** Signs with these keys. */
    public DkimSigner(DkimKeys keys) {
        this.keys = keys;
    }

    /**
     * The mail with a signature of each key on top.
     *
     * <p>The mail itself when there is no key for it, when it has not one domain in one From field, when it has line
     * ends that no peer would see as they are, or, with an alarm in the log, when what was signed does not verify.
     */
    public RawMessage sign(RawMessage message) {
        byte[] octets = message.octets();
        Optional<Part> top = MimeScanner.top(octets);
        List<DkimKey> own =
                top.flatMap(part -> FromDomain.of(part.fields())).map(keys::of).orElse(List.of());
        if (top.isEmpty() || own.isEmpty()) {
            return message;
        }
        if (!hasWholeLineEnds(octets)) {
            LOG.warn("not signed for {}: a bare CR or LF in it", own.getFirst().domain());
            return message;
        }
        return proved(message, signatures(octets, top.get(), own));
    }

    private static boolean hasWholeLineEnds(byte[] octets) {
        byte before = 0;
        for (byte octet : octets) {
            if ((octet == '\n') != (before == '\r')) {
                return false;
            }
            before = octet;
        }
        return before != '\r';
    }

    /** A signature, and whose it is. */
    private record Signed(DkimKey key, FoldedField field) {}

    private static List<Signed> signatures(byte[] octets, Part top, List<DkimKey> own) {
        List<String> names = names(top.fields());
        String bodyHash = Base64.getEncoder().encodeToString(Relaxed.bodyHash(octets, top.body()));
        var signatures = new ArrayList<Signed>();
        for (DkimKey key : own) {
            FoldedField field = unsigned(key, names, bodyHash);
            byte[] content = Relaxed.content(octets, top.fields(), names, field.octets());
            try {
                byte[] signed = key.algorithm().sign(key.pair().getPrivate(), content);
                field.cut(Base64.getEncoder().encodeToString(signed));
                signatures.add(new Signed(key, field));
            } catch (GeneralSecurityException e) {
                alarm(key, e.toString());
            }
        }
        return signatures;
    }

    private static void alarm(DkimKey key, String reason) {
        LOG.error("alarm=dkim domain={} selector={} reason={}", key.domain(), key.selector(), reason);
    }

    private static List<String> names(Fields fields) {
        var names = new ArrayList<>(List.of("From"));
        for (String name : SIGNED) {
            names.addAll(Collections.nCopies(
                    fields.values(name.toLowerCase(Locale.ROOT)).size(), name));
        }
        return names;
    }

    /** The field up to its last tag, which is empty. */
    private static FoldedField unsigned(DkimKey key, List<String> names, String bodyHash) {
        var field = new FoldedField("DKIM-Signature")
                .word("v=1;")
                .word("a=" + key.algorithm().tag() + ";")
                .word("c=relaxed/relaxed;")
                .word("d=" + key.domain() + ";")
                .word("s=" + key.selector() + ";")
                .word("h=" + names.getFirst());
        names.stream().skip(1).forEach(name -> field.piece(":" + name));
        return field.piece(";").word("bh=" + bodyHash + ";").word("b=");
    }

    private static RawMessage proved(RawMessage message, List<Signed> signatures) {
        RawMessage all = withOnTop(message, signatures);
        List<Boolean> hold = SignatureCheck.hold(
                all.octets(), signatures.stream().map(Signed::key).toList());
        var holding = new ArrayList<Signed>();
        for (int i = 0; i < signatures.size(); i++) {
            if (hold.get(i)) {
                holding.add(signatures.get(i));
            } else {
                alarm(signatures.get(i).key(), "the signature does not verify, the mail goes without it");
            }
        }
        return holding.size() == signatures.size() ? all : withOnTop(message, holding);
    }

    private static RawMessage withOnTop(RawMessage message, List<Signed> signatures) {
        if (signatures.isEmpty()) {
            return message;
        }
        String fields =
                signatures.stream().map(signed -> signed.field().ended()).collect(Collectors.joining());
        var octets = ByteBuffer.allocate(fields.length() + message.size()).put(fields.getBytes(US_ASCII));
        return RawMessage.of(octets.put(message.octets()).array());
    }
}

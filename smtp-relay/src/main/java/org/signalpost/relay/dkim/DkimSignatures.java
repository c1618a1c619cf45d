package org.signalpost.relay.dkim;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.signalpost.relay.smtp.AsciiDomain;
import org.signalpost.rewrite.Cuts;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.rewrite.mime.Fields;
import org.signalpost.rewrite.mime.MimeScanner;
import org.signalpost.rewrite.mime.Part;

/** The signatures that a mail carries already, valid or not. Immutable and safe to share. */
public final class DkimSignatures {
    private static final String FIELD = "dkim-signature";

    private final RawMessage message;
    private final List<Fields.Field> fields;
    private final boolean sealed;

    private DkimSignatures(RawMessage message, List<Fields.Field> fields, boolean sealed) {
        this.message = message;
        this.fields = fields;
        this.sealed = sealed;
    }

    /** Reads the header of a mail. */
    public static DkimSignatures of(RawMessage message) {
        return MimeScanner.top(message.octets())
                .map(Part::fields)
                .map(header -> new DkimSignatures(message, fields(header), header.has("arc-seal")))
                .orElseGet(() -> new DkimSignatures(message, List.of(), /* sealed= */ false));
    }

    /** The signatures in a header, from the top. */
    static List<Fields.Field> fields(Fields header) {
        return header.list().stream()
                .filter(field -> field.name().equals(FIELD))
                .toList();
    }

    private static String domain(Fields.Field field) {
        return name(TagList.parse(field.value()).value("d"));
    }

    private static String name(String domain) {
        return AsciiDomain.of(domain).orElse(domain.toLowerCase(Locale.ROOT));
    }

    /** Whether there is any, even one that can't be read. */
    public boolean any() {
        return !fields.isEmpty();
    }

    /** The d= of all of them, as A-labels; one without a d= is not among them. */
    public Set<String> domains() {
        return fields.stream()
                .map(DkimSignatures::domain)
                .filter(domain -> !domain.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Whether the mail carries an ARC seal (RFC 8617). */
    public boolean sealed() {
        return sealed;
    }

    /** The mail without the signatures of this d=; all other octets stay. The same mail when there are none. */
    public RawMessage without(String domain) {
        String name = name(domain);
        var cuts = new ArrayList<Cuts.Cut>();
        for (Fields.Field field : fields) {
            if (domain(field).equals(name)) {
                cuts.add(new Cuts.Cut(field.from(), field.to(), new byte[0]));
            }
        }
        return cuts.isEmpty() ? message : RawMessage.of(new Cuts(cuts).apply(message.octets()));
    }
}

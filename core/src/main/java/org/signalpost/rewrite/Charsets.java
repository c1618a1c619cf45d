package org.signalpost.rewrite;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.signalpost.rewrite.html.HtmlLeaf;

/**
 * Whether markup can be searched for in the octets of a leaf as if they were ISO-8859-1, and what its characters are.
 *
 * <p>That is so where no octet of a character beyond ASCII can be one of those that markup is made of. UTF-8, the
 * ISO-8859 and Windows families and most others are so; ISO-2022-JP becomes so by a mask.
 */
final class Charsets {
    /** Octets that look like markup may be parts of characters, or the JDK does not know them. */
    private static final List<String> UNSEARCHABLE = List.of(
            "utf-16",
            "utf16",
            "utf-32",
            "utf32",
            "ucs-",
            "iso-10646",
            "iso-2022-kr",
            "iso-2022-cn",
            "utf-7",
            "utf7",
            "unicode-1-1-utf-7",
            "hz",
            "johab",
            "x-johab",
            "ms1361",
            "ebcdic",
            "ibm037",
            "ibm1026",
            "ibm1047",
            "ibm273",
            "ibm277",
            "ibm278",
            "ibm280",
            "ibm284",
            "ibm285",
            "ibm290",
            "ibm297",
            "ibm420",
            "ibm424",
            "ibm500",
            "ibm870",
            "ibm871",
            "ibm918",
            "ibm01140",
            "ibm0114",
            "cp037",
            "x-ibm1129",
            "x-ibm93",
            "x-ibm83",
            "x-ibm1025",
            "x-ibm1097",
            "x-ibm1112",
            "x-ibm1122",
            "x-ibm1123",
            "x-ibm1364",
            "x-ibm1371",
            "x-ibm1388",
            "x-ibm1390",
            "x-ibm1399",
            "x-ibm875",
            "jis_x0208",
            "jis_x0212",
            "x-jis0208",
            "x-macsymbol",
            "x-macdingbat");

    /** A lead octet before a quote is read differently by different clients: these must decode strictly. */
    private static final List<String> STRICT = List.of(
            "shift_jis",
            "shift-jis",
            "sjis",
            "windows-31j",
            "ms932",
            "cp932",
            "gbk",
            "gb18030",
            "gb2312",
            "big5",
            "euc-",
            "windows-949",
            "ks_c_5601",
            "uhc",
            "x-windows-949");

    private static final Pattern META =
            Pattern.compile("(?i)<meta[^>]{0,200}charset\\s*=\\s*[\"']?\\s*([A-Za-z0-9_:.-]{2,40})");

    private static final char ESCAPE = 0x1b;
    private static final byte MASK = (byte) 0x80;

    private Charsets() {}

    /** The leaf as it can be searched; empty when it can't be. */
    static Optional<HtmlLeaf> leaf(String label, byte[] decoded) {
        String name = label.strip().toLowerCase(Locale.ROOT);
        if (UNSEARCHABLE.stream().anyMatch(name::startsWith) || hasWideMark(decoded)) {
            return Optional.empty();
        }
        int zeros = Octets.count(decoded, (char) 0, 0, decoded.length);
        boolean escape = Octets.find(decoded, ESCAPE, 0, decoded.length) < decoded.length;
        if (zeros > decoded.length / 8) {
            return Optional.empty();
        }
        return searchable(name, decoded, zeros > 0, escape);
    }

    /** The same leaf after edits: what it is was judged before, and a few octets more or less don't change that. */
    static Optional<HtmlLeaf> edited(String label, byte[] decoded) {
        String name = label.strip().toLowerCase(Locale.ROOT);
        return searchable(name, decoded, /* zeros= */ false, /* escape= */ false);
    }

    private static Optional<HtmlLeaf> searchable(String name, byte[] decoded, boolean zeros, boolean escape) {
        if (name.startsWith("iso-2022-jp")) {
            return masked(decoded).map(mask -> new HtmlLeaf(decoded, mask, known("ISO-2022-JP")));
        }
        Optional<Charset> charset = known(name);
        boolean unknown = !name.isEmpty() && charset.isEmpty();
        if (escape || (unknown && zeros)) {
            return Optional.empty();
        }
        if (STRICT.stream().anyMatch(name::startsWith)) {
            return charset.filter(strict -> decodes(strict, decoded))
                    .map(strict -> new HtmlLeaf(decoded, decoded, Optional.of(strict)));
        }
        return Optional.of(new HtmlLeaf(decoded, decoded, unknown ? Optional.empty() : Optional.of(of(name, decoded))));
    }

    /** The label's; without one the document's own, UTF-8 when that is what the octets are, else windows-1252. */
    static Charset of(String label, byte[] decoded) {
        String name = label.strip();
        if (!name.isEmpty() && !name.equalsIgnoreCase("us-ascii")) {
            return known(name).orElse(StandardCharsets.ISO_8859_1);
        }
        if (Octets.areAscii(decoded, 0, decoded.length)) {
            return StandardCharsets.UTF_8;
        }
        Matcher meta =
                META.matcher(new String(decoded, 0, Math.min(decoded.length, 4_096), StandardCharsets.ISO_8859_1));
        Optional<Charset> said = meta.find() ? known(meta.group(1)) : Optional.empty();
        return said.orElseGet(() -> decodes(StandardCharsets.UTF_8, decoded)
                ? StandardCharsets.UTF_8
                : known("windows-1252").orElse(StandardCharsets.ISO_8859_1));
    }

    private static Optional<Charset> known(String name) {
        try {
            return name.isEmpty() ? Optional.empty() : Optional.of(Charset.forName(name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static boolean decodes(Charset charset, byte[] octets) {
        try {
            return charset.newDecoder()
                            .onMalformedInput(CodingErrorAction.REPORT)
                            .onUnmappableCharacter(CodingErrorAction.REPORT)
                            .decode(ByteBuffer.wrap(octets))
                    != null;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static boolean hasWideMark(byte[] octets) {
        return octets.length > 1
                && ((octets[0] == (byte) 0xff && octets[1] == (byte) 0xfe)
                        || (octets[0] == (byte) 0xfe && octets[1] == (byte) 0xff));
    }

    /** ISO-2022-JP (RFC 1468): escape sequences, and all that is not in a Roman state, become 0x80. */
    private static Optional<byte[]> masked(byte[] octets) {
        byte[] mask = octets.clone();
        boolean roman = true;
        int at = 0;
        while (at < octets.length) {
            if (octets[at] == ESCAPE) {
                int length = escapeLength(octets, at);
                if (length == 0) {
                    return Optional.empty();
                }
                roman = length == 3 && octets[at + 1] == '(' && (octets[at + 2] == 'B' || octets[at + 2] == 'J');
                for (int i = 0; i < length; i++) {
                    mask[at + i] = MASK;
                }
                at += length;
            } else {
                if (!roman && octets[at] != '\r' && octets[at] != '\n') {
                    mask[at] = MASK;
                }
                at++;
            }
        }
        return Optional.of(mask);
    }

    private static int escapeLength(byte[] octets, int at) {
        if (at + 2 >= octets.length) {
            return 0;
        }
        byte first = octets[at + 1];
        byte second = octets[at + 2];
        if (first == '(' && "BJI".indexOf(second) >= 0) {
            return 3;
        }
        if (first == '$' && (second == '@' || second == 'B')) {
            return 3;
        }
        boolean longer = first == '$' && second == '(' && at + 3 < octets.length && "DOQP".indexOf(octets[at + 3]) >= 0;
        return longer ? 4 : 0;
    }
}

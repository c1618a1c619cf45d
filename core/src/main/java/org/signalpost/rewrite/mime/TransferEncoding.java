package org.signalpost.rewrite.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.signalpost.rewrite.Cuts;
import org.signalpost.rewrite.Cuts.Cut;
import org.signalpost.rewrite.LineEnd;

/** A leaf's body as it is encoded, and how an edit of the decoded octets is made in the encoded ones. */
public sealed interface TransferEncoding {
    /** The decoded octets, not to be changed. */
    byte[] decoded();

    /** The cuts on the mail's octets that have the effect of these cuts on the decoded ones. Insertions are ASCII. */
    List<Cut> encode(Cuts edits);

    /** Reads the body of a leaf; empty when its encoding is unknown, or it is not encoded as it says. */
    static Optional<TransferEncoding> of(byte[] octets, Part part) {
        return switch (MimeScanner.encoding(part.fields())) {
            case "", "7bit", "8bit", "binary" ->
                Optional.of(new Identity(part.body(), Arrays.copyOfRange(octets, part.body(), part.end())));
            case "quoted-printable" -> QuotedPrintable.of(octets, part.body(), part.end());
            case "base64" -> InBase64.of(octets, part.body(), part.end());
            default -> Optional.empty();
        };
    }

    /** 7bit, 8bit, binary: as it stands. */
    final class Identity implements TransferEncoding {
        private final int offset;
        private final byte[] decoded;

        private Identity(int offset, byte[] decoded) {
            this.offset = offset;
            this.decoded = decoded;
        }

        @Override
        public byte[] decoded() {
            return decoded;
        }

        @Override
        public List<Cut> encode(Cuts edits) {
            return edits.list().stream()
                    .map(cut -> new Cut(cut.from() + offset, cut.to() + offset, cut.replacement()))
                    .toList();
        }
    }

    /** Quoted-printable (RFC 2045 section 6.7), edited in its encoded form: other lines stay as they are. */
    final class QuotedPrintable implements TransferEncoding {
        private static final int CHUNK = 72;
        private final byte[] octets;
        private final int from;
        private final int to;
        private final byte[] decoded;

        private QuotedPrintable(byte[] octets, int from, int to, byte[] decoded) {
            this.octets = octets;
            this.from = from;
            this.to = to;
            this.decoded = decoded;
        }

        private static Optional<TransferEncoding> of(byte[] octets, int from, int to) {
            var decoded = new byte[count(octets, from, to)];
            int count = 0;
            int at = from;
            while (at < to) {
                if (octets[at] != '=') {
                    decoded[count++] = octets[at++];
                    continue;
                }
                int behind = behind(octets, at, to);
                if (behind < 0) {
                    at = -behind;
                    continue;
                }
                if (behind == at + 1 && insideTag(decoded, count)) {
                    // Raw markup labelled quoted-printable: what readers make of it differs.
                    return Optional.empty();
                }
                decoded[count++] = value(octets, at, behind);
                at = behind;
            }
            return Optional.of(new QuotedPrintable(octets, from, to, decoded));
        }

        private static int count(byte[] octets, int from, int to) {
            int count = 0;
            int at = from;
            while (at < to) {
                if (octets[at] != '=') {
                    count++;
                    at++;
                } else {
                    int behind = behind(octets, at, to);
                    count += behind > 0 ? 1 : 0;
                    at = Math.abs(behind);
                }
            }
            return count;
        }

        /** The octet behind the encoded octet that begins here; negative when it is a soft line break. */
        private static int behind(byte[] octets, int at, int to) {
            if (octets[at] != '=') {
                return at + 1;
            }
            int soft = softBreak(octets, at, to);
            if (soft > 0) {
                return -soft;
            }
            boolean whole = at + 2 < to && hex(octets[at + 1]) >= 0 && hex(octets[at + 2]) >= 0;
            return whole ? at + 3 : at + 1;
        }

        private static byte value(byte[] octets, int at, int behind) {
            return behind == at + 3 ? (byte) (hex(octets[at + 1]) << 4 | hex(octets[at + 2])) : octets[at];
        }

        /** Whether the last bracket before this place opened something that may be a tag. */
        private static boolean insideTag(byte[] decoded, int count) {
            int at = count - 1;
            while (at >= 0 && decoded[at] != '<' && decoded[at] != '>') {
                at--;
            }
            return at >= 0 && decoded[at] == '<';
        }

        /** The octet behind a soft line break that begins here, or -1 when none does. */
        private static int softBreak(byte[] octets, int at, int to) {
            int next = at + 1;
            while (next < to && (octets[next] == ' ' || octets[next] == '\t')) {
                next++;
            }
            if (next >= to) {
                return to;
            }
            if (octets[next] == '\n') {
                return next + 1;
            }
            return octets[next] == '\r' && next + 1 < to && octets[next + 1] == '\n' ? next + 2 : -1;
        }

        private static int hex(byte octet) {
            return Character.digit(octet, 16);
        }

        @Override
        public byte[] decoded() {
            return decoded;
        }

        @Override
        public List<Cut> encode(Cuts edits) {
            String lineEnd = LineEnd.first(octets, from, to);
            var cuts = new ArrayList<Cut>(edits.list().size());
            var walk = new Walk();
            for (Cut edit : edits.list()) {
                int first = walk.startOf(edit.from());
                int last = edit.to() > edit.from() ? walk.endOf(edit.to() - 1) : first;
                byte[] insert = edit.replacement();
                cuts.add(new Cut(first, last, insert.length == 0 ? insert : encoded(insert, first, last, lineEnd)));
            }
            return cuts;
        }

        /** Goes once over the encoded octets and says where decoded ones stand; places must not go back. */
        private final class Walk {
            private int at = from;
            private int index;
            private int end = from;

            /** Where the decoded octet begins; behind the last one that counts, before what may follow. */
            private int startOf(int wanted) {
                if (wanted >= decoded.length) {
                    return decoded.length == 0 ? from : endOf(decoded.length - 1);
                }
                go(wanted);
                return at;
            }

            private int endOf(int wanted) {
                go(wanted);
                return end;
            }

            /** To the octet of this index. */
            private void go(int wanted) {
                while (at < to) {
                    if (octets[at] != '=' && index < wanted) {
                        index++;
                        at++;
                        continue;
                    }
                    int behind = behind(octets, at, to);
                    if (behind < 0) {
                        at = -behind;
                    } else if (index < wanted) {
                        index++;
                        at = behind;
                    } else {
                        end = behind;
                        return;
                    }
                }
            }
        }

        private byte[] encoded(byte[] insert, int first, int last, String lineEnd) {
            var text = new StringBuilder(insert.length + insert.length / 16 + 16);
            boolean columnZero = first == from || octets[first - 1] == '\n';
            if (!columnZero) {
                text.append('=').append(lineEnd);
            }
            int column = 0;
            for (byte octet : insert) {
                int width = octet == '=' ? 3 : 1;
                if (column + width > CHUNK) {
                    text.append('=').append(lineEnd);
                    column = 0;
                }
                if (octet == '=') {
                    text.append("=3D");
                } else {
                    text.append((char) octet);
                }
                column += width;
            }
            boolean lineEnds = last >= to
                    || octets[last] == '\n'
                    || octets[last] == '\r'
                    || (octets[last] == '=' && softBreak(octets, last, to) > 0);
            if (!lineEnds) {
                text.append('=').append(lineEnd);
            }
            return text.toString().getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    /** Base64 (RFC 2045 section 6.8), only when encoding what was decoded gives back the same text. */
    final class InBase64 implements TransferEncoding {
        private final byte[] octets;
        private final int from;
        private final int to;
        private final byte[] decoded;

        private InBase64(byte[] octets, int from, int to, byte[] decoded) {
            this.octets = octets;
            this.from = from;
            this.to = to;
            this.decoded = decoded;
        }

        private static Optional<TransferEncoding> of(byte[] octets, int from, int to) {
            var text = new ByteArrayOutputStream();
            int last = from;
            for (int i = from; i < to; i++) {
                if (octets[i] != '\r' && octets[i] != '\n') {
                    text.write(octets[i]);
                    last = i + 1;
                }
            }
            try {
                byte[] decoded = Base64.getDecoder().decode(text.toByteArray());
                boolean same = Arrays.equals(Base64.getEncoder().encode(decoded), text.toByteArray());
                return same && decoded.length > 0
                        ? Optional.of(new InBase64(octets, from, last, decoded))
                        : Optional.empty();
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }

        @Override
        public byte[] decoded() {
            return decoded;
        }

        @Override
        public List<Cut> encode(Cuts edits) {
            if (edits.list().isEmpty()) {
                return List.of();
            }
            String lineEnd = LineEnd.first(octets, from, to);
            int width = Fields.textEnd(octets, from, Fields.lineEnd(octets, from, to)) - from;
            int wrapped = width >= 4 && width <= 76 && width % 4 == 0 ? width : 76;
            byte[] whole = Base64.getMimeEncoder(wrapped, lineEnd.getBytes(StandardCharsets.US_ASCII))
                    .encode(edits.apply(decoded));
            // Lines before the first edit come out equal by themselves: the cut starts where something differs.
            int same = 0;
            while (same < whole.length && from + same < to && whole[same] == octets[from + same]) {
                same++;
            }
            return List.of(new Cut(from + same, to, Arrays.copyOfRange(whole, same, whole.length)));
        }
    }
}

package org.signalpost.rewrite;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.signalpost.rewrite.mime.Fields;
import org.signalpost.rewrite.mime.MimeScanner;
import org.signalpost.rewrite.mime.SevenBit;
import org.signalpost.rewrite.mime.TransferEncoding;

/** Mail for peers without 8BITMIME; parsers that are not ours read the same in it before and after. */
@SuppressWarnings("StringConcatToTextBlock") // the line ends of the mails are the point
class SevenBitTest {
    private static RawMessage mail(String text) {
        return RawMessage.of(text.replace("\n", "\r\n").getBytes(ISO_8859_1));
    }

    private static String converted(RawMessage mail) {
        SevenBit result = SevenBit.of(mail);
        assertThat(result).isInstanceOf(SevenBit.Converted.class);
        return result instanceof SevenBit.Converted(RawMessage copy) ? new String(copy.octets(), ISO_8859_1) : "";
    }

    private static Arguments row(String name, String before, String after) {
        return Arguments.of(name, before, after);
    }

    static Stream<Arguments> conversions() {
        return Stream.of(
                row(
                        "text becomes quoted-printable, fields stay as they came",
                        "Subject: Gr\u00fc\u00dfe\nMIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\n"
                                + "content-transfer-ENCODING:  8Bit (x)\nX: y\n\nGr\u00fc\u00dfe = a \t\n\n.\n\tb\nx",
                        "Subject: Gr\u00fc\u00dfe\nMIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\n"
                                + "content-transfer-ENCODING: quoted-printable\nX: y\n\nGr=FC=DFe =3D a =09\n\n.\n\tb\nx"),
                row(
                        "a folded label goes in one piece",
                        "MIME-Version: 1.0\nContent-Transfer-Encoding:\n 8bit\nContent-Type: text/plain\n\n\u00e9\n",
                        "MIME-Version: 1.0\nContent-Transfer-Encoding: quoted-printable\nContent-Type: text/plain\n\n=E9\n"),
                row(
                        "other media become base64",
                        "MIME-Version: 1.0\nContent-Type: application/pdf\nContent-Transfer-Encoding: binary\n\n\u00ff\0\u00ff\n",
                        "MIME-Version: 1.0\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n/wD/DQo=\n"),
                row(
                        "what is not MIME becomes MIME",
                        "Subject: x\n\n\u00e9\n",
                        "Subject: x\nMIME-Version: 1.0\nContent-Transfer-Encoding: quoted-printable\n\n=E9\n"),
                row(
                        "a wrong label is put right",
                        "MIME-Version: 1.0\nContent-Type: text/html\nContent-Transfer-Encoding: 7bit\n\n<p>\u00e9\n",
                        "MIME-Version: 1.0\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n<p>=E9\n"),
                row(
                        "octets that quoted-printable does not allow are encoded",
                        "MIME-Version: 1.0\nContent-Transfer-Encoding: quoted-printable\n\na=\nb=E9\u00e9=3d\n",
                        "MIME-Version: 1.0\nContent-Transfer-Encoding: quoted-printable\n\nab=E9=E9=3D\n"),
                row(
                        "multiparts say what they hold, parts without a label get one",
                        multipart("8bit", "Content-Type: text/plain\n\n\u00e9", "\n\u00e9", "X: \u00e9\n\nascii"),
                        multipart(
                                "7bit",
                                "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n=E9",
                                "Content-Transfer-Encoding: quoted-printable\n\n=E9",
                                "X: \u00e9\n\nascii")),
                row(
                        "parts that are 7bit say so",
                        multipart(
                                "binary",
                                "Content-Transfer-Encoding: 8bit\n\nascii",
                                "Content-Type: image/x\nContent-Transfer-Encoding: 8bit\n\n\u00e9"),
                        multipart(
                                "7bit",
                                "Content-Transfer-Encoding: 7bit\n\nascii",
                                "Content-Type: image/x\nContent-Transfer-Encoding: base64\n\n6Q==")),
                row(
                        "enclosed messages are entered",
                        multipart(
                                "8bit",
                                "Content-Type: message/rfc822\nContent-Transfer-Encoding: 8bit\n\nSubject: \u00e9\n\n\u00e9"),
                        multipart(
                                "7bit",
                                "Content-Type: message/rfc822\nContent-Transfer-Encoding: 7bit\n\n"
                                        + "Subject: \u00e9\nMIME-Version: 1.0\nContent-Transfer-Encoding: quoted-printable\n\n=E9")),
                row(
                        "reports are entered",
                        "MIME-Version: 1.0\nContent-Type: multipart/report; boundary=b; report-type=delivery-status\n\n--b\n\n\u00e9\n"
                                + "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
                                + "--b\nContent-Type: text/rfc822-headers\n\nSubject: \u00e9\n\n--b--\n",
                        "MIME-Version: 1.0\nContent-Type: multipart/report; boundary=b; report-type=delivery-status\n\n--b\n"
                                + "Content-Transfer-Encoding: quoted-printable\n\n=E9\n"
                                + "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
                                + "--b\nContent-Type: text/rfc822-headers\nContent-Transfer-Encoding: quoted-printable\n\n"
                                + "Subject: =E9\n\n--b--\n"),
                row(
                        "what no reader shows is blanked out",
                        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n\u00e9\u00e9 x\u00e9\n--b\n\na\n--b--\nend \u00e9\n",
                        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n## x#\n--b\n\na\n--b--\nend #\n"),
                row(
                        "what is signed stays while other parts change",
                        multipart("8bit", "Content-Type: multipart/signed; boundary=s\n\n--s\n\na \n--s--", "\n\u00e9"),
                        multipart(
                                "7bit",
                                "Content-Type: multipart/signed; boundary=s\n\n--s\n\na \n--s--",
                                "Content-Transfer-Encoding: quoted-printable\n\n=E9")),
                row(
                        "long lines are broken softly, at 76 at most",
                        "MIME-Version: 1.0\n\n" + "x".repeat(75) + "\u00e9\n" + "y".repeat(76) + "\n" + "z".repeat(77)
                                + "\n",
                        "MIME-Version: 1.0\nContent-Transfer-Encoding: quoted-printable\n\n" + "x".repeat(75)
                                + "=\n=E9\n" + "y".repeat(76) + "\n" + "z".repeat(75) + "=\nzz\n"));
    }

    private static String multipart(String label, String... parts) {
        return "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: " + label
                + "\n\npreamble\n--b\n" + String.join("\n--b\n", parts) + "\n--b--\n";
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("conversions")
    void converts_bodies_and_nothing_else(String name, String before, String after) throws Exception {
        assertThat(converted(mail(before))).as(name).isEqualTo(after.replace("\n", "\r\n"));
        check(mail(before).octets(), name);
    }

    @Test
    void encodes_a_line_end_that_is_none() {
        RawMessage mail = RawMessage.of("MIME-Version: 1.0\r\n\r\n\u00e9\n\r\r\n\0\r\n".getBytes(ISO_8859_1));

        assertThat(converted(mail)).endsWith("\r\n\r\n=E9=0A=0D\r\n=00\r\n");
    }

    @Test
    void keeps_mail_of_line_feeds_as_that() {
        RawMessage mail = RawMessage.of("MIME-Version: 1.0\n\n\u00e9\nx\n".getBytes(ISO_8859_1));

        assertThat(converted(mail))
                .isEqualTo("MIME-Version: 1.0\nContent-Transfer-Encoding: quoted-printable\n\n=E9\nx\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Subject: Gr\u00fc\u00dfe\n",
                "Subject: Gr\u00fc\u00dfe\nContent-Transfer-Encoding: 8bit\n\nascii\n",
                "Gr\u00fc\u00dfe\n\nascii\n",
                "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: 8bit\n\n--b\nX: \u00e9\n\na\n--b--\n",
                "DKIM-Signature: v=1\nSubject: Gr\u00fc\u00dfe\n\nascii\n",
                "DKIM-Signature: v=1\nContent-Type: multipart/mixed; boundary=b\n\n--b\nX: \u00e9\n\na\n--b--\n"
            })
    void leaves_alone_what_has_nothing_in_its_bodies(String text) {
        assertThat(SevenBit.of(mail(text))).isEqualTo(new SevenBit.Same());
    }

    static Stream<Arguments> impossible() {
        String signed = "MIME-Version: 1.0\nContent-Type: multipart/%s; boundary=s\n\n--s\n\n\u00e9\n--s--\n";
        return Stream.of(
                Arguments.of(Reason.SIGNED, signed.formatted("signed")),
                Arguments.of(Reason.ENCRYPTED, signed.formatted("encrypted")),
                Arguments.of(Reason.TOO_COMPLEX, signed.formatted("digest")),
                Arguments.of(
                        Reason.SIGNED,
                        multipart("8bit", "Content-Type: message/rfc822\n\n" + signed.formatted("signed"))),
                Arguments.of(Reason.SMIME, "Content-Type: application/pkcs7-mime; smime-type=signed-data\n\n\u00e9\n"),
                Arguments.of(Reason.SMIME, "Content-Type: application/x-pkcs7-mime\n\n\u00e9\n"),
                Arguments.of(Reason.DKIM_SIGNED, "dkim-signature: v=1\nSubject: x\n\n\u00e9\n"),
                Arguments.of(Reason.TRANSFER_ENCODING, "Content-Transfer-Encoding: base64\n\n\u00e9\n"),
                Arguments.of(Reason.TRANSFER_ENCODING, "Content-Transfer-Encoding: x-uuencode\n\n\u00e9\n"),
                Arguments.of(Reason.TRANSFER_ENCODING, "Content-Type: message/partial\n\n\u00e9\n"),
                Arguments.of(
                        Reason.TRANSFER_ENCODING,
                        "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n\u00e9\n"),
                Arguments.of(Reason.BOUNDARY, "Content-Type: multipart/mixed\n\n\u00e9\n"),
                Arguments.of(Reason.BOUNDARY, "Content-Type: multipart/mixed; boundary=b\n\n\u00e9\n"),
                Arguments.of(
                        Reason.BOUNDARY,
                        "Content-Type: multipart/mixed; boundary=\u00e9\n\n--\u00e9\n\na\n--\u00e9--\n"),
                Arguments.of(
                        Reason.AMBIGUOUS_BOUNDARY,
                        multipart("8bit", "Content-Type: multipart/mixed; boundary=b\n\n\u00e9")),
                Arguments.of(Reason.AMBIGUOUS_HEADER, "Content-Type: text/plain\nContent-Type: text/html\n\n\u00e9\n"),
                Arguments.of(Reason.MALFORMED_HEADER, "Subject: x\nno field\n\n\u00e9\n"),
                Arguments.of(Reason.MALFORMED_HEADER, multipart("8bit", "text without a header: \u00e9")));
    }

    @ParameterizedTest
    @MethodSource("impossible")
    void refuses_what_would_say_something_else(Reason reason, String text) {
        assertThat(SevenBit.of(mail(text))).isEqualTo(new SevenBit.Impossible(reason));
    }

    /** The parts as Jakarta Mail decodes them; empty when it can't read the mail. */
    private static List<String> jakarta(byte[] mail) {
        var found = new ArrayList<String>();
        try {
            jakarta(new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(mail)), found);
            return found;
        } catch (MessagingException | IOException | RuntimeException e) {
            return List.of();
        }
    }

    private static void jakarta(Part part, List<String> found) throws MessagingException, IOException {
        found.add(part.getContentType());
        if (part.isMimeType("multipart/*") && part.getContent() instanceof Multipart multipart) {
            for (int i = 0; i < multipart.getCount(); i++) {
                jakarta(multipart.getBodyPart(i), found);
            }
        } else if (part.isMimeType("message/rfc822") && part.getContent() instanceof Part inner) {
            jakarta(inner, found);
        } else {
            found.add(new String(part.getInputStream().readAllBytes(), ISO_8859_1));
        }
    }

    /** Judges the conversion of one mail; whether there was one. */
    private static boolean check(byte[] octets, String name) throws IOException {
        if (!(SevenBit.of(RawMessage.of(octets)) instanceof SevenBit.Converted(RawMessage copy))) {
            return false;
        }
        assertThat(Leaf.of(copy.octets())).as(name).isEqualTo(Leaf.of(octets));
        assertThat(jakarta(copy.octets())).as(name).isEqualTo(jakarta(octets));
        assertThat(SevenBit.of(copy)).as(name).isEqualTo(new SevenBit.Same());
        return true;
    }

    /** The same mail with its leaves unencoded and labelled 8bit; what becomes of its structure does not matter. */
    private static byte[] unencoded(byte[] octets) {
        var cuts = new ArrayList<Cuts.Cut>();
        try {
            for (var part : MimeScanner.scan(octets).all()) {
                Optional<Fields.Field> label = part.fields().list().stream()
                        .filter(field -> field.name().equals("content-transfer-encoding"))
                        .findFirst();
                Optional<TransferEncoding> body = TransferEncoding.of(octets, part);
                if (part.children().isEmpty() && label.isPresent() && body.isPresent()) {
                    byte[] eightBit = "Content-Transfer-Encoding: 8bit\r\n".getBytes(ISO_8859_1);
                    cuts.add(new Cuts.Cut(label.get().from(), label.get().to(), eightBit));
                    cuts.add(new Cuts.Cut(part.body(), part.end(), body.get().decoded()));
                }
            }
            return new Cuts(cuts).apply(octets);
        } catch (MimeScanner.Refused e) {
            return octets;
        }
    }

    @Test
    void reads_the_same_to_other_parsers_in_every_mail() throws IOException {
        int converted = 0;
        for (Path file : Corpora.mails()) {
            byte[] lines = Corpora.crlf(Files.readAllBytes(file));
            converted += check(lines, file.toString()) ? 1 : 0;
            // Where Jakarta Mail can't read the parts as they are encoded, it is no judge of them.
            if (!jakarta(lines).isEmpty()) {
                converted += check(unencoded(lines), file + " unencoded") ? 1 : 0;
            }
        }
        assertThat(converted).isGreaterThan(Corpora.files("mime").isEmpty() ? 8 : 30);
    }
}

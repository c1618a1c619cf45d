package org.signalpost.relay.dkim;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.james.jdkim.DKIMVerifier;
import org.apache.james.jdkim.exceptions.FailException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.rewrite.mime.Fields;
import org.signalpost.rewrite.mime.MimeScanner;

/** Receivers that share no code with us verify what we sign: dkimpy everything, jDKIM where it is right. */
class IndependentVerifiersTest {
    private static final Path GOLDEN = Path.of("../core/src/test/resources/mail");

    @TempDir
    Path directory;

    private static byte[] octets(String text) {
        return text.replace("\r\n", "\n").replace("\n", "\r\n").getBytes(ISO_8859_1);
    }

    private static final String HEAD = "From: Ann <ann@example.org>\nTo: bob@example.com\nSubject: x\n";
    private static final String SHORT = HEAD + "\nHello,\n\n  two  blanks \t\n\n";

    private static final String ALL_FIELDS = """
            Received: a
            Received: b
            Return-Path: <>
            From: Ann
            \t<ann@example.org>
            Sender: s@example.org
            Reply-To: r@example.org
            To: a@example.com,
              b@example.com
            Cc: c@example.com
            Bcc: d@example.com
            Subject:   folded
            \tand  spaced\t
            Date: Tue, 24 Nov 2026 10:00:00 +0000
            Message-ID: <1@example.org>
            In-Reply-To: <0@example.org>
            References: <0@example.org>
            MIME-Version: 1.0
            Content-Type: text/plain
            Content-Transfer-Encoding: 7bit
            List-Id: <l.example.org>
            List-Unsubscribe: <https://example.org/u>
            List-Unsubscribe-Post: List-Unsubscribe=One-Click

            .dots
            ..
            """;

    /** Mail that both must verify. */
    private static Map<String, byte[]> ordinary() {
        var mails = new LinkedHashMap<String, byte[]>();
        mails.put("short", octets(SHORT));
        mails.put("all fields", octets(ALL_FIELDS));
        mails.put(
                "duplicated fields",
                octets("To: one@example.com\nSubject: one\n" + HEAD + "To: two\nSubject: two\n\nx\n"));
        mails.put(
                "long folded fields",
                octets("References:" + "\n <0123456789012345678901234567890123456789@example.org>".repeat(200) + "\n"
                        + "To: " + "a".repeat(900) + "@example.com\n" + HEAD + "\nx\n"));
        mails.put("from a domain below", octets("From: ann@news.shop.example.org\n\nx\n"));
        mails.put("empty subject", octets("From: ann@example.org\nSubject:\nTo: \t \nCc:\n\nx\n"));
        return mails;
    }

    /** Mail that jDKIM reads wrongly. */
    private static Map<String, byte[]> hard() {
        var mails = new LinkedHashMap<String, byte[]>();
        mails.put(
                "ISO-8859-1 in fields",
                octets("From: J\u00fcrgen <j@example.org>\nSubject: Gr\u00fc\u00dfe \u00a0\n\nx\n"));
        mails.put("UTF-8 in fields", octets("From: J\u00c3\u00bcrgen <j@example.org>\nSubject: \u00c3\u00a0\n\nx\n"));
        mails.put("8-bit body", octets(HEAD + "\nGr\u00fc\u00dfe\u00a0\n\u0085\n"));
        mails.put("empty body", octets(HEAD + "\n"));
        mails.put("no body", octets(HEAD));
        mails.put("body of blank lines", octets(HEAD + "\n\n\n \t\n\n"));
        mails.put("no line end at the end", octets(HEAD + "\nx\ny"));
        mails.put("blank folded line", octets("Subject: x\n \t\n y\n" + HEAD + "\nx\n"));
        return mails;
    }

    private static Map<String, byte[]> golden() throws IOException {
        var mails = new LinkedHashMap<String, byte[]>();
        try (Stream<Path> files = Files.list(GOLDEN)) {
            for (Path file : files.filter(name -> name.toString().endsWith(".eml"))
                    .sorted()
                    .toList()) {
                mails.put(file.toString(), octets(Files.readString(file, ISO_8859_1)));
            }
        }
        // dkimpy reads no header with a line that is no field.
        mails.keySet().removeIf(name -> name.contains("broken-header-line"));
        return mails;
    }

    private static DkimSigner signer(DkimKey... keys) {
        return new DkimSigner(DkimKeys.of(List.of(keys)));
    }

    private void dkimpyVerifies(Map<String, byte[]> mails, DkimSigner signer, String verdict) throws IOException {
        var signed = mails.values().stream()
                .map(mail -> signer.sign(RawMessage.of(mail)).octets())
                .toList();
        List<String> verdicts = Dkimpy.verdicts(directory, signed);
        int at = 0;
        for (String name : mails.keySet()) {
            assertThat(verdicts.get(at++)).as(name).startsWith(verdict);
        }
        assertThat(at).isPositive();
    }

    @Test
    void dkimpy_verifies_ordinary_and_odd_mail() throws IOException {
        Dkimpy.assumeInstalled();
        var mails = ordinary();
        mails.putAll(hard());

        dkimpyVerifies(mails, signer(TestKeys.RSA), "pass");
        dkimpyVerifies(mails, signer(TestKeys.ED25519), "pass");
        dkimpyVerifies(mails, signer(TestKeys.RSA, TestKeys.ED25519), "pass pass");
    }

    @Test
    void dkimpy_verifies_the_golden_mails() throws IOException {
        Dkimpy.assumeInstalled();

        dkimpyVerifies(golden(), signer(TestKeys.RSA, TestKeys.ED25519), "pass pass");
    }

    private static boolean jdkimVerifies(byte[] mail) throws IOException {
        var verifier = new DKIMVerifier((methods, selector, domain) -> List.of(TestKeys.record(TestKeys.RSA)));
        try {
            return !verifier.verify(new ByteArrayInputStream(mail)).isEmpty();
        } catch (FailException e) {
            return false;
        }
    }

    @Test
    void jdkim_verifies_ordinary_mail() throws IOException {
        for (Map.Entry<String, byte[]> mail : ordinary().entrySet()) {
            byte[] signed =
                    signer(TestKeys.RSA).sign(RawMessage.of(mail.getValue())).octets();

            assertThat(jdkimVerifies(signed)).as(mail.getKey()).isTrue();
        }
    }

    /** One mail for each octet of the body and the signed fields, with one bit of it flipped. */
    private static List<byte[]> flipped(byte[] signed) {
        Fields fields = MimeScanner.top(signed).orElseThrow().fields();
        var mails = new ArrayList<byte[]>();
        for (int i = fields.list().getFirst().to(); i < signed.length; i++) {
            byte[] mail = signed.clone();
            mail[i] ^= 1;
            mails.add(mail);
        }
        return mails;
    }

    @Test
    void nobody_verifies_a_mail_with_a_flipped_bit() throws IOException {
        byte[] signed = signer(TestKeys.RSA).sign(RawMessage.of(octets(SHORT))).octets();
        List<byte[]> flipped = flipped(signed);
        // Where a line end is broken, both others go on as if it were not.
        List<byte[]> wholeLines = flipped.stream()
                .filter(mail -> "\r\n".indexOf(signed[Arrays.mismatch(mail, signed)]) < 0)
                .toList();

        assertThat(SignatureCheck.hold(signed, List.of(TestKeys.RSA))).isEqualTo(List.of(true));
        for (byte[] mail : flipped) {
            assertThat(SignatureCheck.hold(mail, List.of(TestKeys.RSA)))
                    .as(new String(mail, ISO_8859_1))
                    .isEqualTo(List.of(false));
        }
        for (byte[] mail : wholeLines) {
            assertThat(jdkimVerifies(mail)).as(new String(mail, ISO_8859_1)).isFalse();
        }
        Dkimpy.assumeInstalled();
        assertThat(Dkimpy.verdicts(directory, wholeLines))
                .hasSizeGreaterThan(70)
                .containsOnly("fail");
    }

    @Test
    void nobody_verifies_a_mail_with_another_from() throws IOException {
        byte[] signed = signer(TestKeys.RSA).sign(RawMessage.of(octets(SHORT))).octets();
        byte[] added = octets("From: eve@example.net\n" + new String(signed, ISO_8859_1));

        assertThat(SignatureCheck.hold(added, List.of(TestKeys.RSA))).isEqualTo(List.of(false));
        assertThat(jdkimVerifies(added)).isFalse();
        Dkimpy.assumeInstalled();
        assertThat(Dkimpy.verdicts(directory, List.of(added))).containsOnly("fail");
    }
}

package org.signalpost.relay.bounce;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.james.mime4j.dom.Entity;
import org.apache.james.mime4j.dom.Message;
import org.apache.james.mime4j.dom.Multipart;
import org.apache.james.mime4j.dom.SingleBody;
import org.apache.james.mime4j.message.DefaultMessageBuilder;
import org.apache.james.mime4j.stream.MimeConfig;
import org.signalpost.relay.Command;
import org.signalpost.relay.bounce.Notice.Action;
import org.signalpost.relay.bounce.Notice.Form;
import org.signalpost.relay.bounce.Notice.Original;
import org.signalpost.relay.bounce.Notice.Own;
import org.signalpost.relay.bounce.Notice.Recipient;
import org.signalpost.relay.bounce.Notice.Ret;
import org.signalpost.relay.bounce.Notice.Said;
import org.signalpost.rewrite.RawMessage;

/** Notices for the tests, and independent judges of them. */
@SuppressWarnings("StringConcatToTextBlock") // the line ends of the mails are the point
final class Notices {
    static final Instant ARRIVED = Instant.parse("2026-03-01T10:00:00Z");
    static final Instant TRIED = Instant.parse("2026-03-01T10:05:00Z");
    static final Instant NOW = Instant.parse("2026-03-01T10:06:00Z");
    static final String MAIL = "From: Shop <shop@example.org>\r\nTo: ann@example.com\r\n"
            + "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <1@shop.example.org>\r\n\r\nHello\r\n";
    static final Recipient ANN = new Recipient(
            "ann@example.com",
            "rfc822;ann.old@example.com",
            new Action.Failed(),
            new StatusCode(5, 1, 1),
            new Said.ByPeer("mx.example.com", "550 5.1.1 <ann@example.com>: no such user"),
            TRIED);
    static final Recipient BOB = new Recipient(
            "bob@example.net",
            "",
            new Action.Delayed(Instant.parse("2026-03-06T10:00:00Z")),
            new StatusCode(4, 0, 0),
            new Said.ByUs("No connection to mx.example.net can be made."),
            TRIED);
    static final Recipient EVE = new Recipient(
            "eve@example.net",
            "",
            new Action.Relayed(),
            new StatusCode(2, 0, 0),
            new Said.ByPeer("mx.example.net", "250 2.0.0 taken"),
            TRIED);

    private Notices() {}

    static Own own(Form form) {
        return new Own("relay.example.org", "01JD3Z6V5W4X3Y2Z1A0BCDEFGH", NOW, form);
    }

    static Original about(String mail, Ret wanted) {
        return new Original(
                "shop@example.org", "QQ 314+159", ARRIVED, wanted, RawMessage.of(mail.getBytes(ISO_8859_1)));
    }

    static Notice notice(Form form, Original original, Recipient... recipients) {
        return new Notice(own(form), original, List.of(recipients));
    }

    static String text(Notice notice) {
        return new String(notice.message().octets(), ISO_8859_1);
    }

    /** The octets, held to what SMTP asks of any mail. */
    static String plainLines(Notice notice) {
        String text = text(notice);
        assertThat(text).endsWith("\r\n").doesNotContain("\u0000");
        assertThat(text.replace("\r\n", "")).doesNotContain("\r", "\n");
        assertThat(Arrays.asList(text.split("\r\n", -1)))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(998));
        return text;
    }

    /** The same of mail that passes everywhere. */
    static String sevenBit(Notice notice) {
        String text = plainLines(notice);
        assertThat(text.chars().allMatch(c -> c < 0x80)).isTrue();
        return text;
    }

    /** A part as mime4j sees it, decoded. */
    record Part(String type, String content) {}

    static List<Part> parts(Notice notice) throws IOException {
        var builder = new DefaultMessageBuilder();
        builder.setMimeEntityConfig(MimeConfig.custom()
                .setMaxHeaderLen(-1)
                .setMaxHeaderCount(-1)
                .setMaxLineLen(-1)
                .build());
        builder.setFlatMode(/* flatMode= */ false);
        builder.setContentDecoding(/* contentDecoding= */ true);
        Message message =
                builder.parseMessage(new ByteArrayInputStream(notice.message().octets()));
        var parts = new ArrayList<Part>();
        for (Entity entity : ((Multipart) message.getBody()).getBodyParts()) {
            var octets = new ByteArrayOutputStream();
            if (entity.getBody() instanceof SingleBody body) {
                body.writeTo(octets);
            }
            parts.add(new Part(entity.getMimeType(), octets.toString(ISO_8859_1)));
        }
        return parts;
    }

    /** What CPython's mail package makes of it, a line for each fact. */
    static String python(Notice notice) throws IOException {
        Path file = Files.createTempFile("notice", ".eml");
        try {
            Files.write(file, notice.message().octets());
            return python(file);
        } finally {
            Files.delete(file);
        }
    }

    static String python(Path file) throws IOException {
        String script = """
                import email, email.policy, sys
                sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")
                mail = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.compat32)
                for name, value in mail.items():
                    print("mail", name, "=", " ".join(value.split()))
                print("report", mail.get_content_type(), mail.get_param("report-type"))
                for part in mail.walk():
                    if part.defects:
                        print("defects", part.get_content_type(), part.defects)
                for part in mail.get_payload():
                    print("part", part.get_content_type(), part["content-transfer-encoding"])
                for number, group in enumerate(mail.get_payload()[1].get_payload()):
                    for name, value in group.items():
                        print("group", number, name, "=", " ".join(value.split()))
                shown = mail.get_payload()[2]
                if shown.is_multipart():
                    print("returned", shown.get_payload()[0]["subject"])
                else:
                    print("shown", ascii(shown.get_payload(decode=True)))
                """;
        return Command.run(List.of("python3", "-c", script, file.toString()));
    }
}

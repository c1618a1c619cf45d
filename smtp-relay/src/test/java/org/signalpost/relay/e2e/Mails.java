package org.signalpost.relay.e2e;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.signalpost.relay.Command;

/** Mails as people send them, by the clients people use. */
final class Mails {
    private static final Pattern LINK = Pattern.compile("href=\"(http://127\\.0\\.0\\.1:\\d+/c/[A-Za-z0-9_-]+)\"");
    private static final Pattern PIXEL =
            Pattern.compile("src=\"(http://127\\.0\\.0\\.1:\\d+/api/t/(trk_[0-9A-Za-z]{22})\\?p=b)\"");

    /** Mails that must go out as they came, by the code word of the reason. */
    static final Map<String, String> UNTRACKABLE = Map.of(
            "no-html",
            mail("Content-Type: text/plain", "Hello, https://d.example/"),
            "signed",
            mail(
                    "Content-Type: multipart/signed; boundary=b; protocol=\"application/pgp-signature\"",
                    "--b\nContent-Type: text/html\n\n<p><a href=\"https://d.example/\">x</a></p>\n--b\n"
                            + "Content-Type: application/pgp-signature\n\nxxx\n--b--"),
            "encrypted",
            mail(
                    "Content-Type: multipart/encrypted; boundary=b; protocol=\"application/pgp-encrypted\"",
                    "--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\n"
                            + "Content-Type: application/octet-stream\n\nxxx\n--b--"),
            "boundary",
            mail("Content-Type: multipart/mixed", "--b\nContent-Type: text/html\n\n<p>x</p>\n--b--"));

    private Mails() {}

    private static String mail(String type, String body) {
        String text = "From: shop@example.org\nTo: ann@example.com\nSubject: Untouched\n"
                + "Date: Tue, 24 Nov 2026 10:00:00 +0000\nMessage-ID: <untouched@example.org>\nMIME-Version: 1.0\n"
                + type
                + "\n\n" + body + "\n";
        return text.replace("\n", "\r\n");
    }

    /** A copy without all that tells one recipient's from another's. */
    static String anonymous(String mail) {
        return mail.replaceAll("trk_[0-9A-Za-z]{22}", "TRACK")
                .replaceAll("/c/[A-Za-z0-9_-]+", "/c/TOKEN")
                .replaceAll("(X-Signalpost-Pass:[^\r]*) m=[^\r;]+", "$1 m=MAC");
    }

    /** A multipart/alternative with two links; CRLF line ends, 7bit. */
    static String newsletter(String subject) {
        return """
                From: Shop <shop@example.org>
                To: Ann <ann@example.com>, bob@example.com
                Cc: cec@example.net
                Subject: %s
                Date: Tue, 24 Nov 2026 10:00:00 +0000
                Message-ID: <%s@example.org>
                X-Odd:   two  blanks\tand a tab
                MIME-Version: 1.0 (made by hand)
                Content-Type: multipart/alternative;
                 boundary="=-b 1"

                A preamble.
                --=-b 1
                Content-Type: text/plain; charset=us-ascii

                Hello, https://d.example/plain
                --=-b 1
                Content-Type: text/html; charset=utf-8
                Content-Transfer-Encoding: 7bit

                <html><body><p>Hello &amp; welcome</p>
                <a href="https://d.example/sale?id=7&amp;c=a%%20b#top">Sale</a>
                <a href='mailto:shop@example.org'>Write</a>
                .a line that starts with a dot
                </body></html>
                --=-b 1--
                An epilogue.
                """.formatted(subject, subject.replace(' ', '.')).replace("\n", "\r\n");
    }

    /** The tracked link in a mail's octets. */
    static URI link(String mail) {
        return URI.create(first(LINK, mail).group(1));
    }

    /** The pixel in a mail's octets. */
    static URI pixel(String mail) {
        return URI.create(first(PIXEL, mail).group(1));
    }

    /** The track in a mail's octets. */
    static String track(String mail) {
        return first(PIXEL, mail).group(2);
    }

    private static Matcher first(Pattern pattern, String mail) {
        Matcher matcher = pattern.matcher(mail);
        if (!matcher.find()) {
            throw new AssertionError("nothing like " + pattern + " in:\n" + mail);
        }
        return matcher;
    }

    /** Sends the octets with Python's smtplib, as an application would. */
    static void sendWithPython(int port, List<String> recipients, String mail, Path directory) throws IOException {
        Path file =
                Files.writeString(Files.createTempFile(directory, "mail", ".eml"), mail, StandardCharsets.ISO_8859_1);
        String script = """
                import smtplib, sys
                with smtplib.SMTP("127.0.0.1", int(sys.argv[1])) as client:
                    client.sendmail("shop@example.org", sys.argv[3:], open(sys.argv[2], "rb").read())
                """;
        var command =
                new java.util.ArrayList<>(List.of("python3", "-c", script, String.valueOf(port), file.toString()));
        command.addAll(recipients);
        Command.run(command);
    }

    /** Sends an HTML mail with swaks. */
    static void sendWithSwaks(int port, String recipient, String html) throws IOException {
        Command.run(List.of(
                "swaks",
                "--server",
                "127.0.0.1:" + port,
                "--from",
                "you@example.org",
                "--to",
                recipient,
                "--header",
                "Subject: Hello from swaks",
                "--add-header",
                "MIME-Version: 1.0",
                "--add-header",
                "Content-Type: text/html",
                "--body",
                html));
    }
}

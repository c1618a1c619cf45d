package org.signalpost.james;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Mails to send, and how to find the marks in what arrives. */
public final class Mails {
    private static final Pattern PIXEL = Pattern.compile("src=\"(https?://[^\"]*/api/t/(trk_[0-9A-Za-z]{22})\\?p=b)\"");
    private static final Pattern LINK = Pattern.compile("href=\"(https?://[^\"]*/c/[A-Za-z0-9_-]+)\"");

    private Mails() {}

    /** Has a link, and things that careless software changes. */
    public static String newsletter(String subject) {
        return """
                From: Shop <shop@example.org>
                To: undisclosed-recipients:;
                Subject: %s
                Message-ID: <%s@example.org>
                Date: Mon, 2 Nov 2026 10:00:00 +0000
                X-Odd:   kept   as it  is
                MIME-Version: 1.0
                Content-Type: text/html; charset=utf-8
                Content-Transfer-Encoding: 8bit

                <html><body>
                .<p>Grüße, <a href="https://d.example/sale?id=7&amp;c=a%%20b#top">look</a></p>
                </body></html>
                """.formatted(subject, subject.replaceAll("[^A-Za-z0-9]", ".")).replace("\n", "\r\n");
    }

    /** Whether there is a mark of ours in it. */
    public static boolean isTracked(String mail) {
        return PIXEL.matcher(mail).find();
    }

    /** The track of a tracked mail. */
    public static String track(String mail) {
        return found(PIXEL, 2, mail);
    }

    /** The address of its pixel. */
    public static String pixel(String mail) {
        return found(PIXEL, 1, mail);
    }

    /** The address of its first tracked link. */
    public static String link(String mail) {
        return found(LINK, 1, mail);
    }

    private static String found(Pattern pattern, int group, String mail) {
        Matcher matcher = pattern.matcher(mail);
        if (!matcher.find()) {
            throw new AssertionError("no " + pattern + " in\n" + mail);
        }
        return matcher.group(group);
    }
}

package org.signalpost.relay;

import java.net.InetSocketAddress;
import org.signalpost.process.DataDirectory;
import org.signalpost.settings.Addresses;

/** What a start says: where it listens, where the key is, where mail goes, and two ways to try it. */
final class Welcome {
    private Welcome() {}

    static String text(
            RelaySettings settings, InetSocketAddress smtp, InetSocketAddress http, String signIn, DataDirectory data) {
        String server = Addresses.written(smtp);
        String base = "http://" + Addresses.written(http);
        return """

                Signalpost is ready.

                  SMTP       %s   point your mail client or application at it
                  HTTP       %s   pixels, links, API, pages
                  pages      %s   signs you in, once, within an hour; the outbox is there
                  admin key  %s
                  mail goes  %s

                Try it, with swaks or with Python:

                  swaks --server %s --from you@example.org --to friend@example.org --header 'Subject: Hello' \\
                    --add-header 'Content-Type: text/html' --body '<p>Hello, <a href="https://example.org/">look</a></p>'

                  python3 -c 'import smtplib; smtplib.SMTP("%s", %d).sendmail("you@example.org", "friend@example.org",
                    "Subject: Hello\\r\\nContent-Type: text/html\\r\\n\\r\\n<p>Hello, <a href=\\"https://example.org/\\">look</a></p>")'

                """.formatted(
                        server,
                        base,
                        base + signIn,
                        data.adminKeyFile(),
                        settings.delivery().destination(),
                        server,
                        smtp.getAddress().getHostAddress(),
                        smtp.getPort());
    }
}

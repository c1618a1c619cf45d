package org.signalpost.relay.smtp;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.signalpost.relay.tls.ServerCertificate;

/** Every command that is understood. Safe to share between sessions. */
final class Verbs {
    /** How the methods of HTTP begin, as the shell sees them; a browser made to talk to us is cut off. */
    private static final List<String> HTTP =
            List.of("GET ", "POST", "PUT ", "HEAD", "CONN", "OPTI", "DELE", "PATC", "TRAC");

    private final List<Verb> all;

    Verbs(
            SmtpSettings settings,
            Reception reception,
            SubmissionPolicy policy,
            Optional<ServerCertificate> certificate,
            Connections connections,
            Pace pace) {
        var greeting = new Greeting(settings, policy, certificate);
        var transaction = new Transaction(settings, policy, reception, certificate.isPresent(), connections::isClosing);
        var content = new Content(settings, policy, reception);
        var authentication = new Authentication(policy, pace, connections::isClosing);
        this.all = Stream.concat(
                        Stream.of(
                                new Verb("EHLO", greeting::ehlo),
                                new Verb("HELO", greeting::helo),
                                new Verb("STARTTLS", greeting::startTls),
                                new Verb("AUTH", authentication::auth),
                                new Verb("MAIL", transaction::mail),
                                new Verb("RCPT", transaction::rcpt),
                                new Verb("RSET", transaction::rset),
                                new Verb("DATA", content::data),
                                new Verb("NOOP", call -> junk(call, "250 2.0.0 Ok")),
                                new Verb("VRFY", call -> junk(call, "252 2.5.2 Send some mail and see")),
                                new Verb("HELP", call -> junk(call, "214 2.0.0 See RFC 5321")),
                                new Verb("EXPN", call -> junk(call, "502 5.5.1 Not implemented")),
                                new Verb("QUIT", Verbs::quit),
                                // What follows can't be told from commands.
                                new Verb("BDAT", call -> {
                                    throw Verb.lastWord("502 5.5.1 Not offered");
                                }),
                                new Verb("PROXY", call -> {
                                    throw Verb.lastWord("421 4.7.0 No proxy is expected here");
                                })),
                        HTTP.stream()
                                .map(name -> Verb.beginning(name, call -> {
                                    throw Verb.lastWord("421 4.7.0 This is not HTTP");
                                })))
                .toList();
    }

    /** Those of SMTP, and those that end a session at once. */
    List<Verb> all() {
        return all;
    }

    private static void junk(Verb.Call call, String reply) throws IOException {
        call.wire().countJunk();
        call.reply(reply);
    }

    private static void quit(Verb.Call call) throws IOException {
        call.reply("221 2.0.0 Bye");
        call.session().quit();
    }
}

package org.signalpost.relay.smtp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.signalpost.journal.JournalException;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.relay.spool.Spool;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.track.MessageId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.subethamail.smtp.DropConnectionException;

/** Every command that is understood, and what is answered. Safe to share between sessions. */
final class Verbs {
    private static final Logger LOG = LoggerFactory.getLogger(SmtpListener.class);

    /** How the methods of HTTP begin; a browser made to talk to us is cut off. */
    private static final List<String> HTTP =
            List.of("GET ", "POST", "PUT ", "HEAD", "CONN", "OPTI", "DELE", "PATC", "TRAC");

    private final SmtpSettings settings;
    private final Spool spool;
    private final BooleanSupplier room;
    private final BooleanSupplier closing;
    private final SmtpListener.Screening screening;
    private final AtomicLong held = new AtomicLong();

    Verbs(
            SmtpSettings settings,
            Spool spool,
            BooleanSupplier room,
            BooleanSupplier closing,
            SmtpListener.Screening screening) {
        this.settings = settings;
        this.spool = spool;
        this.room = room;
        this.closing = closing;
        this.screening = screening;
    }

    /** The commands of SMTP. */
    List<Verb> ours() {
        return List.of(
                new Verb("EHLO", this::ehlo),
                new Verb("HELO", this::helo),
                new Verb("MAIL", this::mail),
                new Verb("RCPT", this::rcpt),
                new Verb("DATA", this::data),
                new Verb("RSET", this::rset),
                new Verb("NOOP", call -> junk(call, "250 2.0.0 Ok")),
                new Verb("VRFY", call -> junk(call, "252 2.5.2 Send some mail and see")),
                new Verb("HELP", call -> junk(call, "214 2.0.0 See RFC 5321")),
                new Verb("EXPN", call -> junk(call, "502 5.5.1 Not implemented")),
                new Verb("QUIT", Verbs::quit),
                new Verb("AUTH", call -> call.reply("502 5.5.1 Not offered")),
                new Verb("STARTTLS", call -> call.reply("454 4.7.0 TLS is not available")),
                new Verb("BDAT", call -> drop(502, "5.5.1 Not offered")));
    }

    /** Ours, and those that end a session at once. */
    List<Verb> all() {
        return Stream.concat(
                        ours().stream(),
                        HTTP.stream().map(name -> new Verb(name, call -> drop(421, "4.7.0 This is not HTTP"))))
                .toList();
    }

    private static void drop(int code, String text) throws DropConnectionException {
        throw new DropConnectionException(code, text);
    }

    private static void quit(Verb.Call call) throws IOException {
        call.reply("221 2.0.0 Bye");
        call.session().quit();
    }

    private void ehlo(Verb.Call call) throws IOException {
        greet(call, "ESMTP");
        call.reply(String.join(
                "\r\n",
                "250-" + settings.hostname(),
                "250-PIPELINING",
                "250-SIZE " + settings.maxMessage(),
                "250-8BITMIME",
                "250 ENHANCEDSTATUSCODES"));
    }

    private void helo(Verb.Call call) throws IOException {
        greet(call, "SMTP");
        call.reply("250 " + settings.hostname());
    }

    private static void greet(Verb.Call call, String protocol) {
        String name = call.argument();
        if (name.isEmpty() || name.length() > 255 || !name.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
            throw new Refusal("501 5.5.4 Say your name");
        }
        call.wire().submission().greeted(name, protocol);
    }

    private void rset(Verb.Call call) throws IOException, DropConnectionException {
        call.wire().submission().reset();
        junk(call, "250 2.0.0 Ok");
    }

    private void junk(Verb.Call call, String reply) throws IOException, DropConnectionException {
        if (call.wire().submission().junk() > settings.limits().junk()) {
            drop(421, "4.7.0 Too many commands without a mail");
        }
        call.reply(reply);
    }

    private void mail(Verb.Call call) throws IOException, DropConnectionException {
        Submission submission = call.wire().submission();
        if (closing.getAsBoolean()) {
            drop(421, "4.3.2 Shutting down");
        }
        if (!submission.greeted() || submission.begun()) {
            throw new Refusal(submission.begun() ? "503 5.5.1 A mail is begun" : "503 5.5.1 EHLO first");
        }
        var client = call.session().getRemoteAddress().getAddress();
        if (settings.trusted().stream().noneMatch(network -> network.contains(client))) {
            throw new Refusal("554 5.7.1 This relay does not take mail from your address");
        }
        Path path = Path.parse(call.argument(), "FROM:");
        path.parameters().forEach(this::parameter);
        if (!room.getAsBoolean()) {
            throw new Refusal("452 4.3.1 The disk is short");
        }
        spool.trouble().ifPresent(why -> {
            throw new Refusal(reply(why));
        });
        submission.from(path.address());
        call.reply("250 2.1.0 Ok");
    }

    private void parameter(String name, String value) {
        switch (name) {
            case "SIZE" -> {
                if (!value.matches("[0-9]+")) {
                    throw new Refusal("501 5.5.4 SIZE is a number");
                }
                if (value.length() > 18 || Long.parseLong(value) > settings.maxMessage()) {
                    throw new Refusal("552 5.3.4 The mail is too large");
                }
            }
            case "BODY" -> {
                String body = value.toUpperCase(Locale.ROOT);
                if (!body.equals("7BIT") && !body.equals("8BITMIME")) {
                    throw new Refusal("501 5.5.4 BODY is 7BIT or 8BITMIME");
                }
            }
            default -> throw new Refusal("555 5.5.4 There is no such parameter");
        }
    }

    private static String reply(JournalException.Cause why) {
        return why == JournalException.Cause.NO_SPACE
                ? "452 4.3.1 The disk is full"
                : "451 4.3.0 The mail can't be kept just now";
    }

    private void rcpt(Verb.Call call) throws IOException {
        Submission submission = call.wire().submission();
        if (!submission.begun()) {
            throw new Refusal("503 5.5.1 MAIL first");
        }
        Path path = Path.parse(call.argument(), "TO:");
        if (!path.parameters().isEmpty()) {
            throw new Refusal("555 5.5.4 There is no such parameter");
        }
        String address = path.address();
        if (address.isEmpty()) {
            throw new Refusal("501 5.1.3 A mail goes to somebody");
        }
        int at = address.lastIndexOf('@');
        if (at < 0 || address.substring(at + 1).equalsIgnoreCase(settings.hostname())) {
            throw new Refusal("550 5.1.1 There are no mailboxes here");
        }
        if (submission.recipients() >= settings.maxRecipients()) {
            throw new Refusal("452 4.5.3 Too many recipients");
        }
        submission.to(address);
        call.reply("250 2.1.5 Ok");
    }

    private void data(Verb.Call call) throws IOException {
        Submission submission = call.wire().submission();
        if (!submission.begun()) {
            throw new Refusal("503 5.5.1 MAIL first");
        }
        if (!call.argument().isEmpty()) {
            throw new Refusal("501 5.5.4 DATA has no argument");
        }
        if (submission.recipients() == 0) {
            throw new Refusal("554 5.5.1 There is no recipient");
        }
        call.reply("354 Go on, end with a line of one dot");
        var mail = new EndOfData(settings.maxMessage());
        var mine = new AtomicLong();
        try {
            Wire.Ending ending = call.wire().body(mail, octets -> grow(mine, octets));
            var client = call.session().getRemoteAddress().getAddress().getHostAddress();
            switch (ending) {
                case WHOLE -> call.reply(accept(submission.envelope(client), mail.content()));
                case TOO_LONG -> call.reply("552 5.3.4 The mail is too large");
                case NO_ROOM -> call.reply("452 4.3.1 Too much mail is coming in just now");
                case CUT -> call.wire().close();
            }
            submission.useful();
        } finally {
            held.addAndGet(-mine.get());
            submission.reset();
        }
    }

    /** Whether a body may grow; what all of them hold together is bounded. */
    private boolean grow(AtomicLong mine, int octets) {
        long more = octets - mine.get();
        long most = Math.max(64L << 20, 2 * settings.maxMessage());
        if (more > 0 && held.addAndGet(more) > most) {
            // What this one holds is let go at once: others need it.
            held.addAndGet(-more - mine.getAndSet(0));
            return false;
        }
        mine.addAndGet(Math.max(more, 0));
        return true;
    }

    /** The reply to a mail that came whole. */
    private String accept(Envelope envelope, byte[] content) {
        if (hops(content) > settings.limits().hops()) {
            return "554 5.4.6 The mail has been round too often";
        }
        Optional<String> wrong = screening.refusal(RawMessage.of(content));
        if (wrong.isPresent()) {
            return "550 5.6.0 A control field can't be read: " + wrong.get().replaceAll("[^ -~]+", " ");
        }
        long began = System.nanoTime();
        try {
            MessageId id = spool.accept(envelope, RawMessage.of(content));
            LOG.info(
                    "accepted message={} recipients={} octets={} took={}ms",
                    id,
                    envelope.recipients().size(),
                    content.length,
                    (System.nanoTime() - began) / 1_000_000);
            return "250 2.0.0 Ok: queued as " + id;
        } catch (JournalException e) {
            LOG.error("alarm=not-accepted reason={}", e.why(), e);
            return reply(e.why());
        } catch (RuntimeException e) {
            LOG.error("alarm=not-accepted", e);
            return "451 4.3.0 The mail can't be kept just now";
        }
    }

    /** How many Received fields the header has. */
    static int hops(byte[] mail) {
        int hops = 0;
        int at = 0;
        while (at < mail.length && mail[at] != '\r') {
            int end = at;
            while (end < mail.length && mail[end] != '\n') {
                end++;
            }
            String start = new String(mail, at, Math.min(9, end - at), StandardCharsets.ISO_8859_1);
            if (start.equalsIgnoreCase("Received:")) {
                hops++;
            }
            at = end + 1;
        }
        return hops;
    }
}

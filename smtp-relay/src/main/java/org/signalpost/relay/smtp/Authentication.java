package org.signalpost.relay.smtp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.signalpost.track.Submitter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.subethamail.smtp.DropConnectionException;

/** AUTH PLAIN and LOGIN, under TLS only: any user name, and a key as the password (RFC 4954). Safe to share. */
final class Authentication {
    private static final Logger LOG = LoggerFactory.getLogger(Authentication.class);
    private static final int MOST_FAILURES = 3;
    private static final String MALFORMED = "501 5.5.2 That is no base64 of user and password";

    private final SubmissionPolicy policy;
    private final FailedLogins failures;
    private final Pace pace;
    private final BooleanSupplier closing;

    Authentication(SubmissionPolicy policy, Pace pace, BooleanSupplier closing) {
        this.policy = policy;
        this.failures = new FailedLogins(pace);
        this.pace = pace;
        this.closing = closing;
    }

    void auth(Verb.Call call) throws IOException, DropConnectionException {
        Client client = call.client();
        if (!client.isSecure()) {
            throw new Refusal("538 5.7.11 TLS first");
        }
        if (!client.hasGreeted() || client.hasMail() || client.submitter().isPresent()) {
            throw new Refusal("503 5.5.1 Not now");
        }
        if (!policy.hasKeys()) {
            throw new Refusal("502 5.5.1 Not offered");
        }
        String[] words = call.argument().split(" +", 2);
        Optional<String> initial = words.length > 1 ? Optional.of(words[1]) : Optional.empty();
        Optional<String> secret = switch (words[0].toUpperCase(Locale.ROOT)) {
            case "PLAIN" -> plain(call, initial);
            case "LOGIN" -> login(call, initial);
            default -> throw new Refusal("504 5.5.4 PLAIN or LOGIN is wanted");
        };
        if (secret.isPresent()) {
            decide(call, secret.get());
        }
    }

    /** The password; nobody's when the client wants to act for somebody else. Empty when the session is over. */
    private static Optional<String> plain(Verb.Call call, Optional<String> initial) throws IOException {
        return answer(call, "", initial).map(text -> {
            String[] parts = text.split("\0", -1);
            if (parts.length != 3) {
                throw new Refusal(MALFORMED);
            }
            return parts[0].isEmpty() || parts[0].equals(parts[1]) ? parts[2] : "";
        });
    }

    private static Optional<String> login(Verb.Call call, Optional<String> initial) throws IOException {
        return answer(call, "Username:", initial).isPresent()
                ? answer(call, "Password:", Optional.empty())
                : Optional.empty();
    }

    /** What the client says to a question, decoded; empty when the session is over. */
    private static Optional<String> answer(Verb.Call call, String question, Optional<String> initial)
            throws IOException {
        Optional<String> said = initial.map(text -> text.equals("=") ? "" : text);
        if (initial.isEmpty()) {
            call.reply("334 " + Base64.getEncoder().encodeToString(question.getBytes(StandardCharsets.US_ASCII)));
            said = call.wire().answer();
            if (said.filter("*"::equals).isPresent()) {
                throw new Refusal("501 5.7.0 Cancelled");
            }
        }
        return said.map(Authentication::decoded);
    }

    private static String decoded(String base64) {
        if (base64.length() % 4 != 0) {
            throw new Refusal(MALFORMED);
        }
        try {
            return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new Refusal(MALFORMED, e);
        }
    }

    private void decide(Verb.Call call, String secret) throws IOException, DropConnectionException {
        Client client = call.client();
        // An unknown key is looked for as a known one is: neither text nor time tells which it was.
        Optional<Submitter> found = policy.submitter(secret);
        if (found.isPresent()) {
            client.signsIn(found.get());
            call.reply("235 2.7.0 Welcome");
            return;
        }
        int failed = client.fails();
        Duration wait = failures.add(client.address());
        LOG.debug("sign-in failed, the {}. of the session, answered in {}", failed, wait);
        pace.pause(wait, closing);
        if (failed >= MOST_FAILURES) {
            throw Verb.lastWord("421 4.7.0 Too many failures");
        }
        throw new Refusal("535 5.7.8 The key is not right");
    }
}

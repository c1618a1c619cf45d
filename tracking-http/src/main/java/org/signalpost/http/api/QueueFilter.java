package org.signalpost.http.api;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.signalpost.http.Exchange;
import org.signalpost.http.Problem;
import org.signalpost.settings.Key;
import org.signalpost.track.MailQueue;

/** Which mails of the queue a request means: {@code state}, {@code route}, {@code from}, {@code to}, {@code older}. */
final class QueueFilter {
    private QueueFilter() {}

    /** As they were given: what is older than an hour is another mail on the next page. */
    static List<String> given(Exchange exchange) {
        return Stream.of("state", "route", "from", "to", "older")
                .map(name -> exchange.query(name).orElse(""))
                .toList();
    }

    /** The filter, with ages before {@code now}; a problem names the parameter that is wrong. */
    static MailQueue.Filter of(Exchange exchange, Instant now) {
        Optional<Instant> before = exchange.query("older").map(text -> now.minus(age(text)));
        String state = exchange.query("state").orElse("");
        if (!state.isEmpty() && !MailQueue.STATES.contains(state)) {
            throw Problem.invalid(
                    "state", "one of " + String.join(", ", new TreeSet<>(MailQueue.STATES)) + " is wanted");
        }
        return new MailQueue.Filter(
                state,
                exchange.query("route").orElse(""),
                exchange.query("from").orElse(""),
                exchange.query("to").orElse(""),
                before);
    }

    private static Duration age(String text) {
        try {
            return Key.parseDuration(text);
        } catch (IllegalArgumentException e) {
            throw Problem.invalid("older", String.valueOf(e.getMessage())).causedBy(e);
        }
    }
}

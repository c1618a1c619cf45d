package org.signalpost.relay;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.signalpost.relay.smtp.SmtpServer;

/** Shows who is connected, and how clients are answered. */
final class ListenerFigures {
    private ListenerFigures() {}

    static void show(SmtpServer smtp, MeterRegistry registry) {
        Gauge.builder("signalpost.smtp.clients", smtp, SmtpServer::clients)
                .description("Clients that are connected")
                .register(registry);
        for (int digit = 2; digit <= 5; digit++) {
            int ofClass = digit;
            FunctionCounter.builder("signalpost.smtp.replies", smtp, it -> it.replies(ofClass))
                    .tag("class", ofClass + "xx")
                    .description("Replies to clients, by the class of their code (RFC 5321 section 4.2.1)")
                    .register(registry);
        }
    }
}

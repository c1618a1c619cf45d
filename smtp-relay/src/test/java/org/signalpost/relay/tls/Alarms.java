package org.signalpost.relay.tls;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Takes what {@link ServerCertificate} logs, instead of the console. */
final class Alarms implements AutoCloseable {
    private final Logger logger = (Logger) LoggerFactory.getLogger(ServerCertificate.class);
    private final ListAppender<ILoggingEvent> taken = new ListAppender<>();

    Alarms() {
        taken.start();
        logger.addAppender(taken);
        logger.setAdditive(/* additive= */ false);
    }

    List<String> lines() {
        return taken.list.stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(line -> line.startsWith("alarm=certificate "))
                .toList();
    }

    @Override
    public void close() {
        logger.detachAppender(taken);
        logger.setAdditive(/* additive= */ true);
    }
}

package org.signalpost.relay.queue;

import java.util.Locale;
import org.signalpost.relay.spool.OpenMail;
import org.signalpost.relay.spool.Standing;
import org.signalpost.track.MailQueue;

/** Which mails a filter means, by what is known without reading the disk. */
final class Matching {
    private Matching() {}

    static boolean matches(MailQueue.Filter filter, OpenMail mail) {
        boolean from = filter.from().equals("<>") ? mail.sender().isEmpty() : contains(mail.sender(), filter.from());
        return from
                && filter.acceptedBefore().map(mail.acceptedAt()::isBefore).orElse(true)
                && mail.standings().stream().anyMatch(standing -> matches(filter, mail, standing));
    }

    /** Whether this recipient of a mail that matches is meant. */
    static boolean matches(MailQueue.Filter filter, OpenMail mail, Standing standing) {
        return (filter.state().isEmpty() || filter.state().equals(state(mail, standing)))
                && (filter.route().isEmpty()
                        || filter.route().equals(standing.due().route()))
                && contains(standing.due().recipient(), filter.to());
    }

    private static boolean contains(String text, String part) {
        return text.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
    }

    /** The word for where a recipient stands. */
    static String state(OpenMail mail, Standing standing) {
        if (mail.underWay().contains(standing.due().index())) {
            return "under-way";
        }
        return switch (standing.phase()) {
            case WAITING -> standing.due().attempts() == 0 ? "new" : "deferred";
            case HELD -> "held";
            case QUARANTINED -> "quarantined";
            case FAILED -> "failed";
            case RELAYED -> "relayed";
        };
    }
}

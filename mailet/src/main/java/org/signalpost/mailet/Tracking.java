package org.signalpost.mailet;

import jakarta.mail.MessagingException;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Mail;
import org.apache.mailet.MailetContext;
import org.signalpost.rewrite.EnvelopeFacts;
import org.signalpost.rewrite.MessageRewriter;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.rewrite.Reason;
import org.signalpost.rewrite.Rewritten;
import org.signalpost.rewrite.TrackingPlan;
import org.signalpost.track.NewTrack;

/**
 * The way of one mail: planned, drafted for each recipient, registered, and only then changed.
 *
 * <p>A pure function of the mail's octets and its recipients up to the registration: when James brings a mail again
 * after a crash, it gets the same tracks. Safe to call from any thread.
 */
final class Tracking {
    /** Larger mail is not even read; the engine would not take it on. */
    private static final long LARGEST = 25L << 20;

    private static final int LONGEST_SUBJECT = 998;
    private static final int LONGEST_NAME = 255;

    private final Parameters parameters;
    private final HttpTracks tracks;
    private final MessageRewriter rewriter;
    private final Copies copies;
    private final Complaints complaints;
    private final InstantSource clock;

    Tracking(Parameters parameters, HttpTracks tracks, MailetContext james, InstantSource clock) {
        this.parameters = parameters;
        this.tracks = tracks;
        this.rewriter = new MessageRewriter(parameters.urls(), parameters.keys(), parameters.rewrite());
        this.copies = new Copies(james, parameters.processor());
        this.complaints = new Complaints(clock);
        this.clock = clock;
    }

    /** What is known of a mail before it is decided about. */
    private record Read(Mail mail, RawMessage octets, String messageId, TrackingPlan plan) {
        String name() {
            return String.valueOf(mail.getName());
        }
    }

    /**
     * Tracks the mail, or lets it go on as it is. Never throws, not even an {@link Error}: one that reached James 3.8
     * would stop its spooler for good.
     */
    void on(Mail mail) {
        try {
            if (!Marks.on(mail) && !mail.getRecipients().isEmpty()) {
                Optional<MailAddress> sender = mail.getMaybeSender().asOptional();
                if (sender.isPresent()) {
                    track(mail, sender.get().asString());
                }
            }
        } catch (Throwable failure) {
            failed(mail, failure);
        }
    }

    private void failed(Mail mail, Throwable failure) {
        try {
            if (!Marks.on(mail)) {
                Marks.set(mail, Marks.UNTRACKED, Reason.INTERNAL_ERROR.code());
            }
            complaints.failure(String.valueOf(mail.getName()), Reason.INTERNAL_ERROR.code(), failure);
        } catch (Throwable again) {
            // Out of memory, most likely; the mail goes on, which matters more than to say so.
        }
    }

    private void track(Mail mail, String sender) throws MessagingException, IOException {
        if (mail.getMessageSize() > LARGEST) {
            Marks.set(mail, Marks.UNTRACKED, Reason.TOO_LARGE.code());
            Complaints.usual(String.valueOf(mail.getName()), Reason.TOO_LARGE.code());
            return;
        }
        RawMessage octets = Octets.of(mail.getMessage());
        String messageId = messageId(mail);
        var facts = new EnvelopeFacts(Octets.name(octets), sender);
        var read = new Read(mail, octets, messageId, rewriter.plan(octets, facts));
        if (parameters.skip().senders().has(sender)) {
            untracked(read, Reason.OPTED_OUT);
            return;
        }
        List<MailAddress> wanted = mail.getRecipients().stream()
                .filter(recipient -> !parameters.skip().recipients().has(recipient.asString()))
                .toList();
        if (wanted.isEmpty()) {
            untracked(read, Reason.OPTED_OUT);
        } else if (tooMany(wanted.size(), octets.size())) {
            failure(read, Reason.TOO_MANY_COPIES, wanted.size() + " copies of " + octets.size() + " octets");
        } else {
            register(read, wanted);
        }
    }

    private boolean tooMany(int copies, long octets) {
        return copies > 1
                && (copies > parameters.ceiling().copies()
                        || copies * octets > parameters.ceiling().octets());
    }

    /** All drafts are made before anything is asked or changed: what fails until then costs nobody anything. */
    private void register(Read read, List<MailAddress> wanted) throws MessagingException {
        Instant now = clock.instant();
        var drafts = new ArrayList<Draft>(wanted.size());
        Reason others = Reason.OPTED_OUT;
        for (MailAddress recipient : wanted) {
            switch (read.plan().copyFor(recipient.asString())) {
                case Rewritten.Tracked tracked when tracked.facts().shared() -> others = Reason.CONSENT;
                case Rewritten.Tracked tracked -> drafts.add(draft(read, recipient, tracked, now));
                case Rewritten.Untouched untouched -> others = untouched.reason();
            }
        }
        if (drafts.isEmpty() && isFailure(others)) {
            failure(read, others, "a fault of ours, please report it");
        } else if (drafts.isEmpty()) {
            untracked(read, others);
        } else {
            register(read, drafts, others);
        }
    }

    /** {@code others} is why those recipients have no draft that have none. */
    private void register(Read read, List<Draft> drafts, Reason others) throws MessagingException {
        switch (tracks.register(drafts.stream().map(Draft::track).toList())) {
            case Registration.Failed failed -> failure(read, Reason.NOT_REGISTERED, failed.why());
            case Registration.Answered answered -> {
                List<Draft> kept = drafts.stream()
                        .filter(draft -> answered.kept().contains(draft.track().id()))
                        .toList();
                if (kept.isEmpty()) {
                    failure(read, Reason.NOT_REGISTERED, "tracking-http refuses all " + drafts.size() + " tracks");
                } else if (kept.size() < drafts.size()) {
                    complaints.failure(
                            read.name(),
                            Reason.NOT_REGISTERED.code(),
                            "tracking-http refuses " + (drafts.size() - kept.size()) + " of " + drafts.size()
                                    + " tracks");
                    change(read, kept, Reason.NOT_REGISTERED);
                } else {
                    change(read, kept, others);
                }
            }
        }
    }

    private static Draft draft(Read read, MailAddress recipient, Rewritten.Tracked tracked, Instant now) {
        var track = new NewTrack(
                tracked.track(),
                recipient.asString(),
                cut(tracked.facts().subject(), LONGEST_SUBJECT),
                tracked.facts().campaign(),
                read.messageId(),
                tracked.facts().metadata(),
                now);
        return new Draft(recipient, tracked.message(), track);
    }

    /** From here on the tracks are kept; {@code others} is why the rest of the recipients goes untracked. */
    private void change(Read read, List<Draft> kept, Reason others) throws MessagingException {
        Mail mail = read.mail();
        int recipients = mail.getRecipients().size();
        if (recipients == 1) {
            Draft draft = kept.getFirst();
            mail.setMessage(Octets.message(draft.message()));
            Marks.set(mail, Marks.TRACKED, draft.track().id().toString());
            return;
        }
        if (kept.size() < recipients) {
            original(read, others);
        } else {
            // Should a copy fail half-way, the rest goes on with this mark.
            Marks.set(mail, Marks.UNTRACKED, Reason.INTERNAL_ERROR.code());
        }
        copies.send(mail, kept);
    }

    private void untracked(Read read, Reason reason) throws MessagingException {
        original(read, reason);
        Complaints.usual(read.name(), reason.code());
    }

    private void failure(Read read, Reason reason, String detail) throws MessagingException {
        complaints.failure(read.name(), reason.code(), detail);
        original(read, reason);
    }

    /** The original, without the control fields that are for us alone; when it has none, it is not touched at all. */
    private void original(Read read, Reason reason) throws MessagingException {
        Mail mail = read.mail();
        Marks.set(mail, Marks.UNTRACKED, reason.code());
        RawMessage octets = read.plan().original("", reason).message();
        if (parameters.reasonField() && isFailure(reason)) {
            octets = Octets.withField(octets, "X-Signalpost-Untracked", reason.code());
        }
        if (!octets.equals(read.octets())) {
            mail.setMessage(Octets.message(octets));
        }
    }

    private static boolean isFailure(Reason reason) {
        return reason == Reason.NOT_REGISTERED
                || reason == Reason.TOO_MANY_COPIES
                || reason == Reason.INTERNAL_ERROR
                || reason == Reason.VERIFICATION_FAILED;
    }

    private static String messageId(Mail mail) throws MessagingException {
        String field = mail.getMessage().getMessageID();
        String id = field == null ? "" : field.strip().replaceAll("^<|>$|\\p{Cntrl}", "");
        return id.length() > LONGEST_NAME ? "" : id;
    }

    private static String cut(String text, int longest) {
        return text.substring(0, Math.min(text.length(), longest));
    }
}

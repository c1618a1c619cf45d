package org.signalpost.relay.bounce;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.regex.Pattern;
import org.signalpost.relay.delivery.AsciiAddress;
import org.signalpost.relay.spool.Envelope;
import org.signalpost.relay.spool.Said;
import org.signalpost.relay.spool.Spool;
import org.signalpost.relay.spool.Standing;
import org.signalpost.relay.spool.StoredMail;
import org.signalpost.relay.spool.Told;

/** Makes a notice of what the spool knows. Safe to share. */
public final class NoticeMaker {
    /** Whatever else is known of a peer is our own words (RFC 3461 section 4.2). */
    private static final Pattern SMTP_REPLY = Pattern.compile("[2-5][0-9]{2}(?:[ -]|$)");

    private final Spool spool;
    private final String hostname;
    private final Duration giveUpAfter;
    private final InstantSource clock;

    /** Notices come from {@code hostname}, and say that mail is tried for {@code giveUpAfter}. */
    public NoticeMaker(Spool spool, String hostname, Duration giveUpAfter, InstantSource clock) {
        this.spool = spool;
        this.hostname = hostname;
        this.giveUpAfter = giveUpAfter;
        this.clock = clock;
    }

    String hostname() {
        return hostname;
    }

    /** How the sender is reached over any next hop, if there is a way: a domain has a name in ASCII. */
    static String reached(String sender) {
        return AsciiAddress.of(sender).orElse(sender);
    }

    /** Only a sender who has no ASCII address gets a notice in UTF-8. */
    static Notice.Form form(String sender) {
        return Line.isAscii(sender) ? Notice.Form.SEVEN_BIT : Notice.Form.UTF8;
    }

    /** One notice of one kind about these recipients. Reads the disk. */
    Notice make(StoredMail mail, Told.Kind kind, List<Standing> standings) {
        Envelope envelope = mail.envelope();
        String id = mail.id().ulid() + "." + kind.name().toLowerCase(java.util.Locale.ROOT) + "."
                + standings.getFirst().due().index();
        var own = new Notice.Own(hostname, id, clock.instant(), form(reached(envelope.sender())));
        var original = new Notice.Original(
                reached(envelope.sender()),
                Xtext.decode(envelope.wishes().id()).orElse(""),
                mail.acceptedAt(),
                givesBack(envelope, kind),
                mail.message());
        return new Notice(
                own,
                original,
                standings.stream()
                        .map(standing -> recipient(envelope, kind, standing))
                        .toList());
    }

    /** RET is about failures; of other mail the header is enough (RFC 3461 section 4.3). */
    private static Notice.Ret givesBack(Envelope envelope, Told.Kind kind) {
        boolean full = kind == Told.Kind.FAILED && envelope.wishes().giveBack() == Envelope.Return.FULL;
        return full ? Notice.Ret.FULL : Notice.Ret.HDRS;
    }

    private Notice.Recipient recipient(Envelope envelope, Told.Kind kind, Standing standing) {
        Envelope.Recipient recipient = envelope.recipients().get(standing.due().index());
        Said said = spool.said(standing);
        return new Notice.Recipient(
                recipient.address(),
                original(recipient.original()),
                action(kind, standing),
                StatusCode.parse(said.status(), known(kind)),
                SMTP_REPLY.matcher(said.reply()).lookingAt() && !said.peer().isEmpty()
                        ? new Notice.Said.ByPeer(said.peer(), said.reply())
                        : new Notice.Said.ByUs(said.reply()),
                standing.since());
    }

    /** What ORCPT said; with SMTPUTF8 it came as it is (RFC 6533 section 3). */
    private static String original(String orcpt) {
        return Xtext.decode(orcpt)
                .orElseGet(() -> orcpt.regionMatches(/* ignoreCase= */ true, 0, "utf-8;", 0, 6) ? orcpt : "");
    }

    private Notice.Action action(Told.Kind kind, Standing standing) {
        return switch (kind) {
            case FAILED -> new Notice.Action.Failed();
            case DELAYED -> new Notice.Action.Delayed(standing.due().since().plus(giveUpAfter));
            case RELAYED -> new Notice.Action.Relayed();
        };
    }

    private static StatusCode.Known known(Told.Kind kind) {
        return switch (kind) {
            case FAILED -> StatusCode.Known.REFUSED;
            case DELAYED -> StatusCode.Known.DEFERRED;
            case RELAYED -> StatusCode.Known.PASSED;
        };
    }
}

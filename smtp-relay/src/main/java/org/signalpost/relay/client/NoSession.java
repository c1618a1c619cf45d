package org.signalpost.relay.client;

import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import java.security.GeneralSecurityException;
import java.util.Optional;
import org.signalpost.relay.delivery.Outcome;
import org.signalpost.relay.spool.Said;

/** There is a connection, and no session to be had on it. */
final class NoSession extends Exception {
    private static final long serialVersionUID = 1L;

    private final Outcome.Fault fault;
    private final boolean inTls;

    private NoSession(String why, Outcome.Fault fault, boolean inTls, Throwable cause) {
        super(Reply.printable(why), cause);
        this.fault = fault;
        this.inTls = inTls;
    }

    /** The peer is not one that may get our mail or our password. */
    static NoSession unfit(String why) {
        return new NoSession(why, Outcome.Fault.ROUTE_FOR_ALL, /* inTls= */ false, new IllegalStateException(why));
    }

    /** TLS from the first octet fails. */
    static NoSession withoutTls(Exception e) {
        return new NoSession("no TLS: " + e.getMessage(), fault(e), /* inTls= */ true, e);
    }

    /** The peer does not greet, or does not let us in. */
    static NoSession after(MessagingException e, Hop hop, Dialogue dialogue) {
        String why = Reply.printable(e);
        String said = Optional.ofNullable(dialogue.getLastServerResponse())
                .map(Reply::printable)
                .orElse("");
        boolean refused = dialogue.getLastReturnCode() >= 400 && !why.contains(said);
        int code = dialogue.getLastReturnCode();
        // Without any reply, or with one that says "later", nothing is known of the password.
        boolean password = e instanceof AuthenticationFailedException && code >= 200 && code / 100 != 4;
        boolean notOffered = hop.tls() == Hop.Tls.REQUIRED && !dialogue.triedTls() && code == 250;
        return new NoSession(
                "the next hop does not greet: " + why + (refused ? " (" + said + ")" : ""),
                password || notOffered ? Outcome.Fault.ROUTE_FOR_ALL : fault(e),
                dialogue.failedTls() && !dialogue.isDismissed(),
                e);
    }

    /** A certificate that does not hold will not hold the next time; anything else may pass. */
    private static Outcome.Fault fault(Exception e) {
        Optional<Throwable> at = Optional.of(e);
        while (at.isPresent()) {
            if (at.get() instanceof GeneralSecurityException) {
                return Outcome.Fault.ROUTE_FOR_ALL;
            }
            at = Optional.ofNullable(at.get().getCause());
        }
        return Outcome.Fault.ROUTE;
    }

    /** Whether it failed on the way from clear text to TLS. */
    boolean inTls() {
        return inTls;
    }

    /** What it means for a copy. */
    Outcome outcome(String host) {
        return new Outcome.Deferred(new Said(Optional.ofNullable(getMessage()).orElse(""), "4.4.1", host), fault);
    }
}

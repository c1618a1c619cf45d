package org.signalpost.store;

import org.signalpost.event.Event;

/** Says who opened or clicked. Asked by the projector, on its thread; must not fail and not wait. */
@FunctionalInterface
public interface Classifier {
    /** Who it was. */
    Verdict of(Event.Visitor visitor);

    /** Takes everybody for a person, and reads the rest from the User-Agent field. */
    static Classifier byAgent() {
        return visitor -> {
            UserAgent agent = UserAgent.read(visitor.agent());
            return Verdict.human(agent.emailClient(), agent.browser(), agent.device());
        };
    }
}

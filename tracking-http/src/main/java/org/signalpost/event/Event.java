package org.signalpost.event;

import java.time.Instant;
import org.signalpost.track.NewTrack;
import org.signalpost.track.TrackId;

/** What the event log holds. Immutable and safe to share. */
public sealed interface Event {
    /** The track it is about. */
    TrackId track();

    /** When it happened. */
    Instant at();

    /**
     * What is known of whoever fetched a pixel or followed a link. The address is in full: classification needs it, the
     * books get it truncated.
     *
     * @param address the caller's address, numeric
     * @param agent the User-Agent field, at most 512 characters, empty when there was none
     */
    record Visitor(String address, String agent) {
        private static final int LONGEST_AGENT = 512;

        /** Cuts the agent. */
        public Visitor {
            agent = agent.length() > LONGEST_AGENT ? agent.substring(0, LONGEST_AGENT) : agent;
        }
    }

    /**
     * A pixel was fetched.
     *
     * @param place where in the mail the pixel stands: one letter, or empty when it is not known
     */
    record Opened(TrackId track, Instant at, Visitor visitor, String place) implements Event {}

    /** A link was followed: which one of the mail, and where it led. */
    record Clicked(TrackId track, Instant at, Visitor visitor, int link, String url) implements Event {}

    /** The recipient of a mail wants no more of the kind (RFC 8058). */
    record Unsubscribed(TrackId track, Instant at) implements Event {}

    /** A track was made by the API. */
    record Made(NewTrack made) implements Event {
        @Override
        public TrackId track() {
            return made.id();
        }

        @Override
        public Instant at() {
            return made.createdAt();
        }
    }
}

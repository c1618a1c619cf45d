package org.signalpost.event;

import java.time.Instant;
import java.util.Optional;
import org.signalpost.track.NewTrack;
import org.signalpost.track.TrackId;

/** What the event log holds. Immutable and safe to share. */
public sealed interface Event {
    /** What events that are about no track have. */
    TrackId NO_TRACK = new TrackId(0, 0);

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

    /**
     * A track was made by the API or by a mailet.
     *
     * @param made the track
     * @param account whose it is
     * @param answer what the caller was told, where it wants to be told the same again
     */
    record Made(NewTrack made, long account, Optional<Answer> answer) implements Event {
        @Override
        public TrackId track() {
            return made.id();
        }

        @Override
        public Instant at() {
            return made.createdAt();
        }
    }

    /** A track was changed: each text that is there takes the place of the one before. */
    record Changed(
            TrackId track, Instant at, Optional<String> subject, Optional<String> campaign, Optional<String> metadata)
            implements Event {}

    /** A track was deleted, with its hits. */
    record Deleted(TrackId track, Instant at) implements Event {}

    /** A link of a track was made by the API. */
    record LinkMade(TrackId track, Instant at, int number, String url, String name, Optional<Answer> answer)
            implements Event {}

    /** Something was bought. */
    record Purchased(Purchase purchase, Optional<Answer> answer) implements Event {
        /** No track in particular: which one led to it the books find out. */
        @Override
        public TrackId track() {
            return NO_TRACK;
        }

        @Override
        public Instant at() {
            return purchase.at();
        }
    }

    /** A call that made several things was answered. */
    record Answered(Answer answer) implements Event {
        /** No track in particular. */
        @Override
        public TrackId track() {
            return NO_TRACK;
        }

        @Override
        public Instant at() {
            return answer.at();
        }
    }

    /**
     * The answer to a call with an idempotency key.
     *
     * @param account who asked
     * @param call the hash of what was called and of the key
     * @param body the hash of what was sent
     * @param status the status of the answer
     * @param sealed its body, encrypted so that only whoever has the key can read it
     * @param at when it was given
     */
    record Answer(long account, String call, String body, int status, String sealed, Instant at) {}
}

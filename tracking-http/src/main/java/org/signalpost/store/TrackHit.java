package org.signalpost.store;

import java.time.Instant;

/** What counting has to know of a hit; {@code url} is empty for an open. */
record TrackHit(
        boolean isOpen,
        boolean counted,
        Instant at,
        String url,
        String emailClient,
        String device,
        String country,
        String city) {
    TrackHit(boolean isOpen, Instant at, String url, Verdict verdict) {
        this(
                isOpen,
                verdict.counted(),
                at,
                url,
                verdict.emailClient(),
                verdict.device(),
                verdict.country(),
                verdict.city());
    }
}

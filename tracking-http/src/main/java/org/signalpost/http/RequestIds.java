package org.signalpost.http;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/** Names requests, in the log and in answers: a pixel is not worth fresh randomness. Safe to share. */
final class RequestIds {
    /** The field of an answer that carries it. */
    static final String FIELD = "X-Request-Id";

    private final String start;
    private final AtomicLong count = new AtomicLong();

    RequestIds(SecureRandom random) {
        this.start = "req_" + HexFormat.of().toHexDigits(random.nextInt()) + "-";
    }

    String next() {
        return start + count.incrementAndGet();
    }
}

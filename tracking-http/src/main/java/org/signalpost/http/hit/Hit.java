package org.signalpost.http.hit;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.signalpost.journal.Journal;
import org.signalpost.journal.JournalException;
import org.signalpost.journal.Position;

/**
 * A hit that is on its way into the log, and the client that waits for it. Told by the log's thread, answered once, by
 * the {@link HitLine line}.
 */
final class Hit implements Journal.Completion {
    /** What has become of it. */
    enum Fate {
        UNKNOWN,
        KEPT,
        LOST
    }

    private final HitLine line;
    private final Answer answer;
    private final Response response;
    private final Callback callback;
    private final HttpField[] fields;
    private final long since;
    private volatile Fate fate = Fate.UNKNOWN;

    Hit(HitLine line, Answer answer, Response response, Callback callback, long since, HttpField... fields) {
        this.line = line;
        this.answer = answer;
        this.response = response;
        this.callback = callback;
        this.since = since;
        this.fields = fields;
    }

    @Override
    public void appended(Position position) {
        fate = Fate.KEPT;
        line.told();
    }

    @Override
    public void failed(JournalException failure) {
        fate = Fate.LOST;
        line.lost(failure);
    }

    Fate fate() {
        return fate;
    }

    /** Nanoseconds since it came. */
    long age(long now) {
        return now - since;
    }

    /** Sends what the client waits for; does not block. */
    void answer() {
        answer.send(response, callback, fields);
    }
}

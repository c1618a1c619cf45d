package org.signalpost.mailet;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** Collects the body of an answer, and fails when it is longer than agreed. Used by one exchange. */
final class ShortBody implements BodySubscriber<byte[]> {
    private final BodySubscriber<byte[]> all = BodySubscribers.ofByteArray();
    private final long longest;
    private long taken;
    private Runnable stop = () -> {};

    /** Takes at most so many octets. */
    ShortBody(long longest) {
        this.longest = longest;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return all.getBody();
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        stop = subscription::cancel;
        all.onSubscribe(subscription);
    }

    @Override
    public void onNext(List<ByteBuffer> octets) {
        taken += octets.stream().mapToLong(ByteBuffer::remaining).sum();
        if (taken > longest) {
            stop.run();
            all.onError(new IOException("the answer is longer than " + longest + " octets"));
        } else {
            all.onNext(octets);
        }
    }

    @Override
    public void onError(Throwable failure) {
        all.onError(failure);
    }

    @Override
    public void onComplete() {
        all.onComplete();
    }
}

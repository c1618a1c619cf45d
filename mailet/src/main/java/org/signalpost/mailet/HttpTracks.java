package org.signalpost.mailet;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.signalpost.track.NewTrack;

/**
 * Registers the tracks of a mail with tracking-http, in one call ({@code POST /api/v1/tracks/batch}), before the mail
 * leaves.
 *
 * <p>Connects when first used. Safe to call from any thread; a call blocks for the time the operator set, at most.
 * After five failures in a row the server is left alone for a while, then asked with one mail.
 */
final class HttpTracks implements AutoCloseable {
    private static final int FAILURES = 5;

    /** In octets; a thousand tracks with all they may hold are less. */
    private static final int LONGEST_ANSWER = 16 << 20;

    private final Parameters.Server server;
    private final Breaker breaker;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client;

    HttpTracks(Parameters.Server server, InstantSource clock) {
        this.server = server;
        this.breaker = new Breaker(FAILURES, server.retryAfter(), clock);
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(server.connect())
                .executor(threads)
                .build();
    }

    /** Registers all these tracks; a track that is registered already counts as kept. Never throws. */
    Registration register(List<NewTrack> tracks) {
        if (!breaker.lets()) {
            return new Registration.Failed("tracking-http failed " + FAILURES + " times in a row and is left alone");
        }
        Registration registration = ask(tracks);
        switch (registration) {
            case Registration.Answered answered -> breaker.worked();
            case Registration.Failed failed -> breaker.failed();
        }
        return registration;
    }

    private Registration ask(List<NewTrack> tracks) {
        try {
            var request = HttpRequest.newBuilder(server.batch())
                    .header("Authorization", "Bearer " + server.key())
                    .header("Content-Type", "application/json")
                    .header("Accept", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(BatchCall.body(tracks)))
                    .build();
            HttpResponse<byte[]> answer = within(request);
            return answer.statusCode() == 200
                    ? new Registration.Answered(BatchCall.kept(tracks, answer.body()))
                    : new Registration.Failed("tracking-http answers " + answer.statusCode());
        } catch (TimeoutException e) {
            return new Registration.Failed(
                    "tracking-http does not answer within " + server.timeout().toMillis() + " ms");
        } catch (IOException e) {
            return new Registration.Failed("tracking-http can't be asked: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Registration.Failed("interrupted while tracking-http was asked");
        } catch (RuntimeException e) {
            return new Registration.Failed("the answer of tracking-http is not what was agreed: " + e);
        }
    }

    /** The client's own time limit ends with the head of the answer; this one is for all of it. */
    private HttpResponse<byte[]> within(HttpRequest request)
            throws IOException, InterruptedException, TimeoutException {
        CompletableFuture<HttpResponse<byte[]>> answer =
                client.sendAsync(request, head -> new ShortBody(LONGEST_ANSWER));
        try {
            return answer.get(server.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause()), e);
        } finally {
            answer.cancel(/* mayInterruptIfRunning= */ true);
        }
    }

    /** Ends what is under way, as a failure. */
    @Override
    public void close() {
        client.shutdownNow();
        threads.shutdown();
    }
}

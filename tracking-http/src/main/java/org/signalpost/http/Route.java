package org.signalpost.http;

/**
 * A method, a path and what answers it. Immutable and safe to share.
 *
 * @param method GET, POST, …
 * @param path the path, in which {@code {name}} stands for one segment
 * @param call answers
 */
public record Route(String method, String path, Call call) {
    /** What answers; a {@link Problem} is answered as it says. */
    public interface Call {
        /** The answer. */
        Reply on(Exchange exchange);
    }
}

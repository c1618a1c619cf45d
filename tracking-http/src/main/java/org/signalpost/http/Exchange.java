package org.signalpost.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request as whatever answers it sees it. For the thread that answers. */
public final class Exchange implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
    private static final long MOST_DRAINED = 8 << 20;
    private static final int CHUNK = 16 << 10;

    private final Request request;
    private final String path;
    private final String id;
    private final String address;
    private final Bodies.Share memory;
    private final Map<String, String> parameters;
    private final Map<String, String> promised;

    Exchange(Request request, String path, String id, String address, Bodies.Share memory) {
        this(request, path, id, address, memory, Map.of(), new LinkedHashMap<>());
    }

    private Exchange(
            Request request,
            String path,
            String id,
            String address,
            Bodies.Share memory,
            Map<String, String> parameters,
            Map<String, String> promised) {
        this.request = request;
        this.path = path;
        this.id = id;
        this.address = address;
        this.memory = memory;
        this.parameters = Map.copyOf(parameters);
        this.promised = promised;
    }

    /** The same request with the parts of its path that a route names. */
    Exchange with(Map<String, String> named) {
        return new Exchange(request, path, id, address, memory, named, promised);
    }

    /** Whatever comes of this request, the head of its answer will have this field. */
    public void promise(String name, String value) {
        promised.put(name, value);
    }

    /** The answer, with what was promised in its head. */
    Reply promised(Reply reply) {
        Reply whole = reply;
        for (Map.Entry<String, String> field : promised.entrySet()) {
            whole = whole.with(field.getKey(), field.getValue());
        }
        return whole;
    }

    /** GET, POST, …; HEAD is told by {@link #isHead}. */
    public String method() {
        return isHead() ? "GET" : request.getMethod();
    }

    /** Whether only the head of the answer is wanted. */
    public boolean isHead() {
        return request.getMethod().equals("HEAD");
    }

    /** The path, without the query. */
    public String path() {
        return path;
    }

    /** Names this request in the log and in the answer. */
    public String id() {
        return id;
    }

    /** A part of the path that the route names. */
    public String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }

    /** A parameter of the query; the first one when it is given twice. */
    public Optional<String> query(String name) {
        try {
            Fields fields = Request.extractQueryParameters(request);
            return Optional.ofNullable(fields.getValue(name));
        } catch (RuntimeException malformed) {
            throw Problem.invalid(name, "the query is not well-formed").causedBy(malformed);
        }
    }

    /** A field of the head. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeaders().getField(name)).map(HttpField::getValue);
    }

    /** The User-Agent field, empty when there is none. */
    public String userAgent() {
        return Optional.ofNullable(request.getHeaders().get(HttpHeader.USER_AGENT))
                .orElse("");
    }

    /** The caller's address in numbers, empty when it is not known. */
    public String address() {
        return address;
    }

    /** Whether the body is compressed, or encoded in another way. */
    boolean isEncoded() {
        return request.getHeaders().getFields(HttpHeader.CONTENT_ENCODING).stream()
                .anyMatch(field -> !"identity".equalsIgnoreCase(field.getValue()));
    }

    /** A cookie. */
    public Optional<String> cookie(String name) {
        return Request.getCookies(request).stream()
                .filter(cookie -> cookie.getName().equals(name))
                .map(cookie -> cookie.getValue())
                .findFirst();
    }

    /**
     * The whole body; blocks.
     *
     * @throws Problem 413 when it is longer than {@code limit} octets, 503 when too many others are being read
     */
    public byte[] body(int limit) {
        if (request.getLength() > limit) {
            throw tooLarge(limit);
        }
        try {
            // Not closed: what is left of it is drained later.
            InputStream in = Content.Source.asInputStream(request);
            var body = new ByteArrayOutputStream();
            byte[] chunk = in.readNBytes(CHUNK);
            while (chunk.length > 0) {
                if (body.size() + chunk.length > limit) {
                    throw tooLarge(limit);
                }
                if (!memory.more(chunk.length)) {
                    throw busy();
                }
                body.write(chunk);
                chunk = in.readNBytes(CHUNK);
            }
            if (!memory.tree(body.size())) {
                throw busy();
            }
            return body.toByteArray();
        } catch (IOException e) {
            throw Problem.of(400, "incomplete_request", "The body did not arrive whole.")
                    .causedBy(e);
        }
    }

    private static Problem busy() {
        return Problem.of(503, "busy", "Too many large requests at once; try again.")
                .with("Retry-After", "2");
    }

    /**
     * Reads and throws away what is left of the body, up to a bound: a connection closed with octets unread is reset,
     * and the answer with it.
     */
    void drain() {
        if (request.getMethod().equals("GET") || request.getHeaders().contains(HttpHeader.EXPECT)) {
            // There is none, or it waits for a word that will not come.
            return;
        }
        try (InputStream in = Content.Source.asInputStream(request)) {
            long left = MOST_DRAINED;
            var buffer = new byte[CHUNK];
            int read = in.read(buffer);
            while (read >= 0 && left > 0) {
                left -= read;
                read = in.read(buffer);
            }
        } catch (IOException e) {
            // The client has gone, or read before; there is nothing left to read.
            LOG.debug("draining a body: {}", e.toString());
        }
    }

    /** Gives back the memory of the body. */
    @Override
    public void close() {
        memory.close();
    }

    private static Problem tooLarge(int limit) {
        return Problem.of(413, "too_large", "The body is longer than " + limit + " octets.");
    }
}

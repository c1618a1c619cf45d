package org.signalpost.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import tools.jackson.databind.JsonNode;

/** An answer, whole. Immutable and safe to share. */
public final class Reply {
    /** What a page of ours may do: nothing runs, nothing is loaded from elsewhere. */
    public static final String PAGE_POLICY =
            "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self';"
                    + " base-uri 'none'; frame-ancestors 'none'";

    private final int status;
    private final List<Map.Entry<String, String>> headers;
    private final byte[] body;

    private Reply(int status, List<Map.Entry<String, String>> headers, byte[] body) {
        this.status = status;
        this.headers = List.copyOf(headers);
        this.body = body;
    }

    /** An answer of this media type. */
    public static Reply of(int status, String type, byte[] body) {
        return new Reply(
                status,
                List.of(Map.entry("Content-Type", type), Map.entry("X-Content-Type-Options", "nosniff")),
                body.clone());
    }

    /** An answer in JSON that nobody may keep. */
    public static Reply json(int status, JsonNode value) {
        return of(status, "application/json", Json.write(value)).with("Cache-Control", "no-store");
    }

    /** What a call has made, 201. */
    public static Reply created(JsonNode made) {
        return json(201, made);
    }

    /** What a call has made below {@code collection}, 201; its field {@code id} says where. */
    public static Reply created(String collection, JsonNode made) {
        return created(made).with("Location", collection + "/" + made.path("id").asString());
    }

    /** A page that runs nothing and loads nothing from elsewhere. */
    public static Reply page(int status, String html) {
        return of(status, "text/html; charset=utf-8", html.getBytes(StandardCharsets.UTF_8))
                .with("Cache-Control", "no-store")
                .with("Content-Security-Policy", PAGE_POLICY)
                .with("Referrer-Policy", "same-origin");
    }

    /** An answer without a body. */
    public static Reply empty(int status) {
        return new Reply(status, List.of(), new byte[0]);
    }

    /** With one more field in its head. */
    public Reply with(String name, String value) {
        var more = new ArrayList<>(headers);
        more.add(Map.entry(name, value));
        return new Reply(status, more, body);
    }

    int status() {
        return status;
    }

    void send(Response response, Callback callback) {
        response.setStatus(status);
        headers.forEach(header -> response.getHeaders().put(header.getKey(), header.getValue()));
        if (status != 204) {
            response.getHeaders().put("Content-Length", body.length);
        }
        response.write(/* last= */ true, ByteBuffer.wrap(body), callback);
    }
}

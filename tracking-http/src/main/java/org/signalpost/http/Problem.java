package org.signalpost.http;

import java.util.List;
import java.util.Map;

/** A request is not granted; becomes an answer of {@code application/problem+json} (RFC 9457). */
public final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final transient List<Wrong> errors;
    private final transient Map<String, String> headers;

    /** One field that is wrong, and why. */
    public record Wrong(String field, String message) {}

    private Problem(int status, String code, String detail, List<Wrong> errors, Map<String, String> headers) {
        super(detail);
        this.status = status;
        this.code = code;
        this.errors = List.copyOf(errors);
        this.headers = Map.copyOf(headers);
    }

    /** With a stable code in snake case and a sentence for a person. */
    public static Problem of(int status, String code, String detail) {
        return new Problem(status, code, detail, List.of(), Map.of());
    }

    /** 400 for one field. */
    public static Problem invalid(String field, String message) {
        return invalid(List.of(new Wrong(field, message)));
    }

    /** 400 for several fields. */
    public static Problem invalid(List<Wrong> errors) {
        String detail = errors.getFirst().field() + ": " + errors.getFirst().message();
        return new Problem(400, "invalid_request", detail, errors, Map.of());
    }

    /** 404, the same for what is not there and what is not yours. */
    public static Problem notFound() {
        return of(404, "not_found", "There is nothing here.");
    }

    /** With one more field in the head of the answer. */
    public Problem with(String name, String value) {
        var more = new java.util.HashMap<>(headers);
        more.put(name, value);
        return new Problem(status, code, detail(), errors, more);
    }

    /** With what caused it, for the log. */
    public Problem causedBy(Throwable cause) {
        initCause(cause);
        return this;
    }

    int status() {
        return status;
    }

    String detail() {
        return String.valueOf(getMessage());
    }

    /** The answer. */
    Reply reply(String requestId) {
        var body = Json.object()
                .put("type", "about:blank")
                .put("title", title(status))
                .put("status", status)
                .put("detail", detail())
                .put("code", code)
                .put("requestId", requestId)
                .put("success", false);
        var list = body.putArray("errors");
        errors.forEach(wrong -> list.addObject().put("field", wrong.field()).put("message", wrong.message()));
        Reply reply =
                Reply.of(status, "application/problem+json", Json.write(body)).with("Cache-Control", "no-store");
        for (Map.Entry<String, String> header : headers.entrySet()) {
            reply = reply.with(header.getKey(), header.getValue());
        }
        return reply;
    }

    /** The phrase of the status (RFC 9110 section 15, RFC 6585). */
    private static String title(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 408 -> "Request Timeout";
            case 409 -> "Conflict";
            case 413 -> "Content Too Large";
            case 414 -> "URI Too Long";
            case 415 -> "Unsupported Media Type";
            case 417 -> "Expectation Failed";
            case 429 -> "Too Many Requests";
            case 431 -> "Request Header Fields Too Large";
            case 500 -> "Internal Server Error";
            case 503 -> "Service Unavailable";
            default -> "Error";
        };
    }
}

package org.signalpost.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** The description of all this for programs: {@code docs/api/openapi.yaml}, as it was packed with these classes. */
final class Description {
    private static final String FILE = "openapi.yaml";

    private Description() {}

    /** Where it is answered, to everybody. */
    static Route route() {
        byte[] octets = octets();
        return new Route(
                "GET",
                "/api/openapi.yaml",
                exchange -> Reply.of(200, "application/yaml", octets).with("Cache-Control", "no-cache"));
    }

    private static byte[] octets() {
        try (InputStream in = Objects.requireNonNull(Description.class.getResourceAsStream(FILE), FILE)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

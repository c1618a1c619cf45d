package org.signalpost.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an answer says, octet for octet, and what none of them says. */
class SilenceTest {
    private static final String TRACK = "trk_0000000000000000000001";
    private static final String DESTINATION = "https://d.example/%0d%0aX:1?a=b&c=%26#d";

    @TempDir
    static Path directory;

    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer(directory);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** The head of an answer in alphabetical order, without what differs each time. */
    private static String head(String answer) {
        String head = answer.substring(0, answer.indexOf("\r\n\r\n"));
        String[] lines = head.split("\r\n", -1);
        return lines[0] + "\n"
                + Arrays.stream(lines)
                        .skip(1)
                        .map(line -> line.replaceFirst("^(Date|X-Request-Id): .*", "$1"))
                        .sorted()
                        .collect(Collectors.joining("\n"));
    }

    @Test
    void a_pixel_has_exactly_this_head_for_every_id_and_method() {
        String golden = """
                HTTP/1.1 200 OK
                Cache-Control: no-store, no-cache, must-revalidate, private, max-age=0
                Connection: close
                Content-Length: 43
                Content-Type: image/gif
                Cross-Origin-Resource-Policy: cross-origin
                Date
                Expires: 0
                Pragma: no-cache
                X-Content-Type-Options: nosniff
                X-Request-Id""";
        for (String path :
                List.of("/api/t/" + TRACK, "/api/t/" + TRACK + ".gif", "/api/t/x", "/mail/track/open/" + TRACK)) {
            String got = Raw.ask(server, Raw.get(path, "If-None-Match: *\r\nCookie: a=b\r\n"));
            assertThat(head(got)).as(path).isEqualTo(golden);
            assertThat(got.substring(got.indexOf("\r\n\r\n") + 4)).hasSize(43).startsWith("GIF89a");
            String headOnly = Raw.ask(server, Raw.get(path, "").replaceFirst("GET", "HEAD"));
            assertThat(head(headOnly)).as("HEAD " + path).isEqualTo(golden);
            assertThat(headOnly).endsWith("\r\n\r\n");
        }
    }

    @Test
    void a_link_has_exactly_this_head_and_one_location_that_is_what_was_signed() {
        String golden = """
                HTTP/1.1 302 Found
                Cache-Control: no-store
                Connection: close
                Content-Length: 0
                Date
                Location: %s
                Referrer-Policy: no-referrer
                X-Request-Id
                X-Robots-Tag: noindex""".formatted(DESTINATION);
        String path = HitsTest.link(TRACK, DESTINATION);
        assertThat(head(Raw.ask(server, Raw.get(path, "")))).isEqualTo(golden);
        assertThat(head(Raw.ask(server, Raw.get(path, "").replaceFirst("GET", "HEAD"))))
                .isEqualTo(golden);
    }

    static List<String> broken() {
        String get = "GET %s HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n";
        var paths = List.of(
                "/%zz",
                "/%",
                "/%00",
                "/a%00b",
                "/%2f",
                "/%2e%2e/x",
                "/../../etc/passwd",
                "//",
                "/a;b=c/d",
                "/\u00e4",
                "/%c3%28",
                "/api/t/%ff",
                "/api/t/%0d%0aX:1",
                "/c/%27",
                "/c/a%0d%0aLocation:x",
                "/api/v1/%c0%ae",
                "http://",
                "http://t:99999/",
                "*",
                "x",
                "/api/v1/tracks?limit=%zz",
                "/api/v1/tracks/%00",
                "/api/v1/nothing",
                "/sign-in/x",
                "/c/",
                "/c/a/b",
                "/u/x",
                "/api/t",
                "/.git/config",
                "/WEB-INF/web.xml",
                "/a\\b",
                "/?" + "a=b&".repeat(3_000));
        var requests =
                new java.util.ArrayList<>(paths.stream().map(get::formatted).toList());
        requests.addAll(List.of(
                "\0\0\0\r\n\r\n",
                "nonsense\r\n\r\n",
                "GET\r\n\r\n",
                "GET /\r\n\r\n",
                "GET / HTTP/0.8\r\n\r\n",
                "GET / HTTP/9.9\r\nHost: t\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: t\r\nHost: u\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost:\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: t\r\n no: fold\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: t\r\nbad header\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: t\r\nX: a\0b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: t\r\nContent-Length: -1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: t\r\nContent-Length: x\r\n\r\n",
                "POST /c/x HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: gzip\r\nConnection: close\r\n\r\n",
                "POST /api/t/x HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                "DELETE /c/x HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n",
                "TRACE / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "B\u00e4D / HTTP/1.1\r\nHost: t\r\n\r\n",
                "POST /api/v1/tracks HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer " + RunningServer.ADMIN
                        + "\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n",
                "POST /api/v1/tracks HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer " + RunningServer.ADMIN
                        + "\r\nContent-Length: 3\r\nConnection: close\r\n\r\n{\"a"));
        return requests;
    }

    @ParameterizedTest
    @MethodSource("broken")
    void nothing_tells_what_we_are_made_of_however_broken_the_request(String request) {
        String answer = Raw.ask(server, request);
        if (answer.isEmpty() || answer.startsWith("HTTP/1.1 3")) {
            // Hung up on, or sent to the sign-in.
            return;
        }
        assertThat(answer.toLowerCase(Locale.ROOT))
                .doesNotContain(
                        "jetty", "eclipse", "exception", "java.", "\nserver:", "\tat ", "org.signalpost", "0.1.0")
                .doesNotContain("x-powered-by", "/root", "/work", "/tmp", "sql");
        int status = Integer.parseInt(answer.substring(9, 12));
        assertThat(status).as(answer).matches(code -> code < 500 || code == 505);
        if (status >= 400 && !answer.contains("Content-Type: text/html")) {
            assertThat(answer).contains("Content-Type: application/problem+json", "\"code\":\"", "X-Request-Id: req_");
            assertThat(answer).contains("\"requestId\":\"req_");
        }
        assertThat(answer).doesNotContain("Set-Cookie", "\r\nX:1", "Location: x");
    }
}

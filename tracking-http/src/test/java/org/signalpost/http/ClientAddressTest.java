package org.signalpost.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.signalpost.event.Event;
import org.signalpost.event.EventRecord;
import org.signalpost.journal.Position;
import org.signalpost.net.Network;

/** Whom a hit is from: never whom a stranger says. */
class ClientAddressTest {
    private static final String PIXEL = "/api/t/trk_0000000000000000000001";

    @TempDir
    Path directory;

    private static HttpSettings settings(boolean proxyProtocol, String... proxies) {
        HttpSettings usual = RunningServer.http();
        return new HttpSettings(
                usual.listen(),
                proxyProtocol,
                List.of(proxies).stream().map(Network::parse).toList(),
                usual.connections(),
                2,
                usual.referrerPolicy(),
                usual.stopDelay(),
                usual.patience());
    }

    private static String seen(RunningServer server) {
        // The first one has to wait for the log to make its file, and is answered before that.
        assertThat(RunningServer.eventually(
                        () -> !server.events.read(Position.START, 1).isEmpty()))
                .isTrue();
        Event hit = EventRecord.read(server.events.read(Position.START, 1_000).getLast());
        return ((Event.Opened) hit).visitor().address();
    }

    @Test
    void is_the_other_end_of_the_connection_whatever_it_says() {
        try (var server = new RunningServer(directory)) {
            Raw.ask(server, Raw.get(PIXEL, "X-Forwarded-For: 198.51.100.7\r\nForwarded: for=198.51.100.7\r\n"));
            assertThat(seen(server)).isEqualTo("127.0.0.1");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "X-Forwarded-For: 198.51.100.7 | 198.51.100.7",
                "X-Forwarded-For: 6.6.6.6, 198.51.100.7 | 198.51.100.7",
                "X-Forwarded-For: 6.6.6.6, 198.51.100.7, 10.1.2.3 | 198.51.100.7",
                "X-Forwarded-For: 6.6.6.6;X-Forwarded-For: 198.51.100.7 ,10.0.0.1 | 198.51.100.7",
                "X-Forwarded-For: 198.51.100.7:4711 | 198.51.100.7",
                "X-Forwarded-For: [2001:db8::1]:4711 | 2001:db8:0:0:0:0:0:1",
                "X-Forwarded-For: 2001:db8::1 | 2001:db8:0:0:0:0:0:1",
                "X-Forwarded-For: ::ffff:198.51.100.7 | 198.51.100.7",
                "X-Forwarded-For: 10.0.0.2, 10.0.0.1 | 10.0.0.2",
                "X-Forwarded-For: 6.6.6.6, unknown, 10.0.0.1 | 10.0.0.1",
                "X-Forwarded-For: 6.6.6.6, localhost | 127.0.0.1",
                "X-Forwarded-For: 6.6.6.6, 999.1.1.1 | 127.0.0.1",
                "X-Forwarded-For: 6.6.6.6, 1.2.3.4:x | 127.0.0.1",
                "X-Forwarded-For: 6.6.6.6, [1.2.3.4] | 127.0.0.1",
                "X-Forwarded-For: 6.6.6.6, | 127.0.0.1",
                "X-Forwarded-For: | 127.0.0.1",
                "X-Other: 6.6.6.6 | 127.0.0.1"
            })
    void is_the_last_hop_that_is_no_proxy_of_ours(String lines, String address) {
        try (var server =
                new RunningServer(directory, settings(/* proxyProtocol= */ false, "127.0.0.0/8", "10.0.0.0/8"))) {
            String answer = Raw.ask(server, Raw.get(PIXEL, lines.replace(";", "\r\n") + "\r\n"));
            assertThat(answer).startsWith("HTTP/1.1 200");
            assertThat(seen(server)).isEqualTo(address);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PROXY TCP4 198.51.100.7 127.0.0.1 4711 80 | 198.51.100.7",
                "PROXY TCP6 2001:db8::1 ::1 4711 80 | 2001:db8:0:0:0:0:0:1",
                "PROXY UNKNOWN | 127.0.0.1"
            })
    void is_whom_the_proxy_header_names_where_one_is_wanted(String header, String address) {
        try (var server = new RunningServer(directory, settings(/* proxyProtocol= */ true))) {
            assertThat(Raw.ask(server, header + "\r\n" + Raw.get(PIXEL, ""))).startsWith("HTTP/1.1 200");
            assertThat(seen(server)).isEqualTo(address);
            try (var slow = new Raw(server)) {
                for (char octet : (header + "\r\n").toCharArray()) {
                    slow.say(String.valueOf(octet));
                }
                slow.say(Raw.get(PIXEL, ""));
                assertThat(slow.rest()).startsWith("HTTP/1.1 200");
            }
        }
    }

    @Test
    void version_two_of_the_header_is_read_as_well() {
        try (var server = new RunningServer(directory, settings(/* proxyProtocol= */ true))) {
            String header = "\r\n\r\n\0\r\nQUIT\n" + "!\u0011\0\014" + "\u00c63d\u0007" + "\177\0\0\1" + "\0\1\0\2";
            assertThat(Raw.ask(server, header + Raw.get(PIXEL, ""))).startsWith("HTTP/1.1 200");
            assertThat(seen(server)).isEqualTo("198.51.100.7");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''",
                "PROXY TCP4 localhost localhost 1 2",
                "PROXY TCP4 example.com 127.0.0.1 1 2",
                "PROXY TCP4 198.51.100.7",
                "PROXY TCP4 ::1 ::1 1 2",
                "HELLO"
            })
    void who_does_not_begin_with_a_proxy_header_gets_no_word_where_one_is_wanted(String header) {
        try (var server = new RunningServer(directory, settings(/* proxyProtocol= */ true))) {
            String line = header.isEmpty() ? "" : header + "\r\n";
            assertThat(Raw.ask(server, line + Raw.get(PIXEL, ""))).isEmpty();
            assertThat(server.events.read(Position.START, 10)).isEmpty();
        }
    }

    @Test
    void a_proxy_header_is_refused_where_none_is_wanted() {
        try (var server = new RunningServer(directory)) {
            assertThat(Raw.ask(server, "PROXY TCP4 198.51.100.7 127.0.0.1 1 2\r\n" + Raw.get(PIXEL, "")))
                    .startsWith("HTTP/1.1 400");
        }
    }

    @Test
    void one_address_has_a_bounded_number_of_connections_and_a_trusted_proxy_as_many_as_it_likes() {
        try (var server = new RunningServer(directory.resolve("a"), settings(/* proxyProtocol= */ false))) {
            try (var first = new Raw(server);
                    var second = new Raw(server)) {
                first.say("GET /robots.txt HTTP/1.1\r\nHost: t\r\n\r\n");
                assertThat(first.until("Disallow")).startsWith("HTTP/1.1 200");
                second.say("GET /robots.txt HTTP/1.1\r\nHost: t\r\n\r\n");
                assertThat(second.until("Disallow")).startsWith("HTTP/1.1 200");
                assertThat(Raw.ask(server, Raw.get("/robots.txt", ""))).isEmpty();
            }
            assertThat(RunningServer.eventually(
                            () -> !Raw.ask(server, Raw.get("/robots.txt", "")).isEmpty()))
                    .isTrue();
        }
        try (var server = new RunningServer(directory.resolve("b"), settings(/* proxyProtocol= */ false, "127.0.0.1"));
                var first = new Raw(server);
                var second = new Raw(server);
                var third = new Raw(server)) {
            for (Raw raw : List.of(first, second, third)) {
                raw.say("GET /robots.txt HTTP/1.1\r\nHost: t\r\n\r\n");
                assertThat(raw.until("Disallow")).startsWith("HTTP/1.1 200");
            }
        }
    }
}

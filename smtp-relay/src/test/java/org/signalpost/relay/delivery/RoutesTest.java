package org.signalpost.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.settings.ConfigurationException;

class RoutesTest {
    @TempDir
    Path directory;

    private Instant now = Instant.EPOCH;

    private Routes routes() {
        var routes = new Routes(() -> now, new Routes.Limits(2, 10), directory.resolve("routes.paused"));
        routes.start();
        return routes;
    }

    @Test
    void a_route_that_was_paused_is_paused_after_a_restart_until_it_is_let_go() throws IOException {
        Routes routes = routes();
        routes.pause("a.example", /* stop= */ true);
        routes.pause("smarthost.example:25", /* stop= */ true);
        routes.pause("smarthost.example:25", /* stop= */ true);
        routes.pause("b.example", /* stop= */ true);
        routes.pause("b.example", /* stop= */ false);

        Routes again = routes();
        assertThat(again.of("a.example").open()).isFalse();
        assertThat(again.of("smarthost.example:25").open()).isFalse();
        assertThat(again.of("b.example").open()).isTrue();
        assertThat(again.figures().get("a.example"))
                .isEqualTo(new Route.Figures(0, 0, java.util.Optional.empty(), /* paused= */ true, ""));

        again.pause("a.example", /* stop= */ false);
        assertThat(again.of("a.example").open()).isTrue();
        assertThat(routes().of("a.example").open()).isTrue();
        assertThat(routes().of("smarthost.example:25").open()).isFalse();
    }

    @Test
    void what_nobody_used_for_hours_is_forgotten_when_there_are_many_unless_it_is_paused() throws IOException {
        Routes routes = routes();
        routes.pause("paused.example", /* stop= */ true);
        routes.began("busy.example");
        for (int i = 0; i < 1_500; i++) {
            Route.Trip trip = routes.began("d" + i + ".example");
            trip.route().failed("421 no");
            trip.ended();
        }
        now = now.plusSeconds(6_000);
        routes.began("recent.example").ended();
        now = now.plusSeconds(2_000);
        routes.began("next.example");
        assertThat(routes.figures())
                .containsOnlyKeys("paused.example", "busy.example", "recent.example", "next.example");
        assertThat(routes.of("paused.example").open()).isFalse();
    }

    @Test
    void routes_that_are_paused_at_the_same_time_are_all_paused() throws InterruptedException, ExecutionException {
        Routes routes = routes();
        var pauses = new ArrayList<Future<?>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 40; i++) {
                String name = "d" + i + ".example";
                pauses.add(threads.submit(() -> {
                    routes.pause(name, /* stop= */ true);
                    return name;
                }));
            }
        }
        for (Future<?> pause : pauses) {
            pause.get();
        }
        Routes again = routes();
        for (int i = 0; i < 40; i++) {
            assertThat(again.of("d" + i + ".example").open()).as("d" + i).isFalse();
        }
    }

    @Test
    void what_is_no_name_pauses_nothing() {
        Routes routes = routes();
        assertThatThrownBy(() -> routes.pause("x\na.example", /* stop= */ true)).isInstanceOf(IOException.class);
        assertThat(routes().of("a.example").open()).isTrue();
    }

    @Test
    void a_pause_that_can_not_be_kept_is_none() throws IOException {
        Routes routes = routes();
        routes.pause("a.example", /* stop= */ true);
        Files.delete(directory.resolve("routes.paused"));
        Files.delete(directory);
        assertThatThrownBy(() -> routes.pause("a.example", /* stop= */ false)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> routes.pause("b.example", /* stop= */ true)).isInstanceOf(IOException.class);
        assertThat(routes.of("a.example").open()).isFalse();
        assertThat(routes.of("b.example").open()).isTrue();
        Files.createDirectories(directory);
    }

    @Test
    void a_file_that_can_not_be_read_stops_the_start() throws IOException {
        Files.write(directory.resolve("routes.paused"), new byte[] {(byte) 0xff, (byte) 0xfe});
        assertThatThrownBy(this::routes)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("routes.paused can't be read");
    }

    @Test
    void a_route_begins_with_few_copies_and_takes_one_more_with_each_that_passes() {
        Route route = routes().of("a.example");
        route.began();
        route.began();
        assertThat(route.open()).isFalse();
        route.passed();
        assertThat(route.open()).isTrue();
    }
}

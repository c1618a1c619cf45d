package org.signalpost.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class RouteTest {
    private Instant now = Instant.EPOCH;
    private final Route route = new Route(() -> now, 10, 10);

    private int room() {
        var trips = new ArrayList<Route.Trip>();
        while (route.open()) {
            trips.add(route.began());
        }
        trips.forEach(Route.Trip::ended);
        return trips.size();
    }

    @Test
    void copies_that_fail_together_suspend_the_route_for_ten_seconds_only() {
        for (int i = 0; i < 10; i++) {
            assertThat(route.failed("no")).as("said once").isEqualTo(i == 2);
        }
        assertThat(room()).isZero();
        assertThat(route.figures().suspendedUntil()).contains(now.plusSeconds(10));
        now = now.plusSeconds(11);
        assertThat(room()).as("one may try").isEqualTo(1);
        route.failed("no");
        now = now.plusSeconds(11);
        assertThat(room()).as("the second wait is longer").isZero();
        now = now.plusSeconds(20);
        route.passed();
        assertThat(room()).as("it grows again by one with each success").isEqualTo(2);
        for (int i = 0; i < 20; i++) {
            route.passed();
        }
        assertThat(room()).isEqualTo(10);
    }

    @Test
    void copies_that_take_their_time_do_not_keep_a_suspended_route_from_being_tried() {
        for (int i = 0; i < 5; i++) {
            assertThat(route.began().probes()).isFalse();
        }
        for (int i = 0; i < 3; i++) {
            Route.Trip trip = route.began();
            route.failed("no");
            trip.ended();
        }
        assertThat(route.open()).isFalse();
        now = now.plusSeconds(11);
        assertThat(room()).as("one at a time").isEqualTo(1);
        Route.Trip probe = route.began();
        assertThat(route.open()).isFalse();
        route.failed("no");
        probe.ended();
        assertThat(route.open()).as("the second wait").isFalse();
        now = now.plusSeconds(31);
        route.began().ended();
        assertThat(route.open()).as("that one taught nothing").isTrue();
        probe = route.began();
        route.passed();
        probe.ended();
        assertThat(route.figures().underWay()).as("the slow ones").isEqualTo(5);
        assertThat(room()).as("beside them").isEqualTo(2);
    }

    @Test
    void its_rate_is_that_of_the_last_minute() {
        for (int second = 0; second < 90; second++) {
            now = Instant.EPOCH.plusSeconds(second);
            route.passed();
            route.passed();
        }
        assertThat(route.figures().perMinute()).isBetween(118, 122);
        route.failed("no");
        assertThat(route.figures().perMinute()).as("nobody took that one").isBetween(118, 122);
        now = now.plusSeconds(45);
        assertThat(route.figures().perMinute()).isBetween(20, 60);
        now = now.plusSeconds(80);
        assertThat(route.figures().perMinute()).isZero();
    }

    @Test
    void refused_credentials_suspend_it_at_once() {
        assertThat(route.failedForAll("535")).isTrue();
        assertThat(room()).isZero();
        route.tryNow();
        assertThat(room()).isEqualTo(1);
    }

    @Test
    void a_paused_route_takes_nothing() {
        route.pause(/* stop= */ true);
        assertThat(room()).isZero();
        route.pause(/* stop= */ false);
        assertThat(room()).isEqualTo(10);
    }
}

package org.signalpost.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class RouteTest {
    private Instant now = Instant.EPOCH;
    private final Route route = new Route(() -> now);

    @Test
    void copies_that_fail_together_close_the_route_for_ten_seconds_only() {
        for (int i = 0; i < 10; i++) {
            route.failed();
        }
        assertThat(route.room(10)).isZero();
        now = now.plusSeconds(11);
        assertThat(route.room(10)).as("one may try").isEqualTo(1);
        route.failed();
        now = now.plusSeconds(11);
        assertThat(route.room(10)).as("the second wait is longer").isZero();
        now = now.plusSeconds(20);
        route.passed();
        assertThat(route.room(10)).isEqualTo(10);
    }
}

package org.signalpost.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {
    private static final Key<String> SMARTHOST = Key.text("delivery.smarthost", "", "The next hop.");
    private static final Key<Duration> GIVE_UP = Key.duration("retry.give-up-after", "5d", "When to give up.");
    private static final Key<DataSize> LARGEST = Key.size("smtp.max-message", "25MB", "The largest mail.");
    private static final Key<Boolean> OPENS = Key.flag("tracking.opens", "true", "Whether opens are tracked.");
    private static final Key<Integer> CONNECTIONS = Key.number("delivery.connections", "10", "How many.");
    private static final Key<List<String>> NETWORKS = Key.list("smtp.networks", "a,b", "Who.", text -> text);
    private static final List<Key<?>> KEYS = List.of(SMARTHOST, GIVE_UP, LARGEST, OPENS, CONNECTIONS, NETWORKS);

    private static Settings read(String text, Map<String, String> environment) {
        return Settings.read("signalpost.properties", text, environment, KEYS);
    }

    @Test
    void gives_the_defaults_when_nothing_is_said() {
        Settings settings = read("# nothing\n\n", Map.of());

        assertThat(settings.value(SMARTHOST)).isEmpty();
        assertThat(settings.value(GIVE_UP)).isEqualTo(Duration.ofDays(5));
        assertThat(settings.value(LARGEST)).isEqualTo(new DataSize(25L << 20));
        assertThat(settings.value(OPENS)).isTrue();
        assertThat(settings.value(CONNECTIONS)).isEqualTo(10);
        assertThat(settings.value(NETWORKS)).containsExactly("a", "b");
        assertThat(settings.given(SMARTHOST)).isFalse();
    }

    @Test
    void reads_lines_with_either_line_end_and_blanks_around_the_equals_sign() {
        Settings settings = read(
                "delivery.smarthost = mail.example:25\r\ntracking.opens=off\n  smtp.networks =  x , ,y \n", Map.of());

        assertThat(settings.value(SMARTHOST)).isEqualTo("mail.example:25");
        assertThat(settings.value(OPENS)).isFalse();
        assertThat(settings.value(NETWORKS)).containsExactly("x", "y");
        assertThat(settings.given(SMARTHOST)).isTrue();
    }

    @Test
    void lets_the_environment_win_over_the_file() {
        Settings settings = read(
                "delivery.smarthost = file.example:25",
                Map.of("SIGNALPOST_DELIVERY_SMARTHOST", "environment.example:25", "SIGNALPOST_OTHER", "x"));

        assertThat(settings.value(SMARTHOST)).isEqualTo("environment.example:25");
    }

    @Test
    void names_the_line_and_the_nearest_key_of_an_unknown_one() {
        assertThatThrownBy(() -> read("\n# a\ndelivery.smarthots = x\n", Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("signalpost.properties, line 3: unknown key delivery.smarthots;"
                        + " the nearest key is delivery.smarthost");
    }

    @Test
    void names_the_line_of_a_value_that_makes_no_sense() {
        assertThatThrownBy(() -> read("retry.give-up-after = soon", Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("signalpost.properties, line 1: retry.give-up-after = soon: ");
        assertThatThrownBy(() -> read("", Map.of("SIGNALPOST_SMTP_MAX_MESSAGE", "12")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("environment variable SIGNALPOST_SMTP_MAX_MESSAGE: smtp.max-message = 12: ");
    }

    @Test
    void refuses_a_key_given_twice_and_a_line_without_an_equals_sign() {
        assertThatThrownBy(() -> read("tracking.opens=on\ntracking.opens=off", Map.of()))
                .hasMessage("signalpost.properties, line 2: tracking.opens was given before,"
                        + " in signalpost.properties, line 1");
        assertThatThrownBy(() -> read("tracking.opens", Map.of()))
                .hasMessageContaining("line 1: not a line of the form");
    }

    @Test
    void reads_every_unit_of_time_and_size() {
        assertThat(Key.parseDuration("500ms")).isEqualTo(Duration.ofMillis(500));
        assertThat(Key.parseDuration("30s")).isEqualTo(Duration.ofSeconds(30));
        assertThat(Key.parseDuration("5m")).isEqualTo(Duration.ofMinutes(5));
        assertThat(Key.parseDuration("4h")).isEqualTo(Duration.ofHours(4));
        assertThat(DataSize.parse("500B").octets()).isEqualTo(500);
        assertThat(DataSize.parse("64 kb").octets()).isEqualTo(65_536);
        assertThat(DataSize.parse("2GB").octets()).isEqualTo(2L << 30);
        assertThatThrownBy(() -> DataSize.parse("-1KB")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Key.parseDuration("5")).isInstanceOf(IllegalArgumentException.class);
    }
}

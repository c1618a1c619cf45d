package org.signalpost.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.signalpost.settings.Key;

/** The configuration file and the code name the same keys, with the same defaults and sentences, in the same order. */
class ConfigurationFileTest {
    private static final Path FILE = Path.of("../config/signalpost.properties");

    @Test
    void lists_every_key_with_its_sentence_and_its_default() throws IOException {
        var wanted = new ArrayList<String>();
        for (Key<?> key : RelayKeys.ALL) {
            wanted.add("# " + key.sentence());
            wanted.add(("#" + key.name() + " = " + key.defaultText()).strip());
        }
        if (Boolean.getBoolean("config.write")) {
            var text = new StringBuilder();
            Files.readAllLines(FILE).stream()
                    .filter(line -> line.startsWith("##"))
                    .forEach(line -> text.append(line).append('\n'));
            for (int i = 0; i < wanted.size(); i += 2) {
                text.append('\n')
                        .append(wanted.get(i))
                        .append('\n')
                        .append(wanted.get(i + 1))
                        .append('\n');
            }
            Files.writeString(FILE, text.toString());
        }
        List<String> found = Files.readAllLines(FILE).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("##"))
                .map(String::strip)
                .toList();

        assertThat(found).isEqualTo(wanted);
    }

    @Test
    void every_default_can_be_used_as_it_is_written() throws IOException {
        var uncommented = new StringBuilder();
        for (String line : Files.readAllLines(FILE)) {
            uncommented.append(
                    line.startsWith("#") && line.contains(" =") && !line.startsWith("# ") ? line.substring(1) : line);
            uncommented.append('\n');
        }
        RelaySettings written = RelaySettings.of("file", uncommented.toString(), Map.of());
        RelaySettings defaults = RelaySettings.of("defaults", "", Map.of());

        assertThat(written.delivery().destination())
                .isEqualTo(defaults.delivery().destination());
        assertThat(written.urls()).isEqualTo(defaults.urls());
        assertThat(written.smtp()).isEqualTo(defaults.smtp());
    }
}

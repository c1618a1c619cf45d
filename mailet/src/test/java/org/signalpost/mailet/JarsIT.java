package org.signalpost.mailet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** The two jars as they are built: nothing in them can meet a class of James, and each speaks its line's mail API. */
class JarsIT {
    private static Map<String, String> entries(String property) throws IOException {
        var entries = new TreeMap<String, String>();
        try (var jar = new JarFile(System.getProperty(property, ""))) {
            assertThat(jar.isMultiRelease()).isFalse();
            for (var entry : jar.stream().filter(one -> !one.isDirectory()).toList()) {
                try (var in = jar.getInputStream(entry)) {
                    entries.put(entry.getName(), new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
                }
            }
        }
        return entries;
    }

    private static List<String> having(Map<String, String> entries, String word) {
        return entries.entrySet().stream()
                .filter(entry ->
                        entry.getKey().endsWith(".class") && entry.getValue().contains(word))
                .map(Map.Entry::getKey)
                .toList();
    }

    @Test
    void hold_nothing_but_ours_and_what_was_moved_below_ours() throws IOException {
        for (String jar : List.of("mailet.jar", "mailet.jar38")) {
            Map<String, String> entries = entries(jar);
            assertThat(entries.keySet())
                    .allMatch(name -> name.startsWith("org/signalpost/") || name.startsWith("META-INF/"))
                    .noneMatch(name -> name.startsWith("META-INF/versions/") || name.startsWith("META-INF/maven/"))
                    .noneMatch(name -> name.endsWith("module-info.class"))
                    .contains(
                            "org/signalpost/mailet/AddTracking.class",
                            "org/signalpost/rewrite/MessageRewriter.class",
                            "org/signalpost/mailet/shaded/jsoup/Jsoup.class",
                            "META-INF/services/org.signalpost.mailet.shaded.jackson.core.TokenStreamFactory");
            assertThat(having(entries, "tools/jackson/")).isEmpty();
            assertThat(having(entries, "org/jsoup/")).isEmpty();
        }
    }

    @Test
    void speak_jakarta_mail_to_3_9_and_javax_mail_to_3_8() throws IOException {
        assertThat(having(entries("mailet.jar"), "javax/mail")).isEmpty();
        assertThat(having(entries("mailet.jar"), "jakarta/mail")).contains("org/signalpost/mailet/AddTracking.class");
        assertThat(having(entries("mailet.jar38"), "jakarta/")).isEmpty();
        assertThat(having(entries("mailet.jar38"), "javax/mail")).contains("org/signalpost/mailet/AddTracking.class");
    }
}

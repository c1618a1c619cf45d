package org.signalpost.relay.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.relay.Command;

/** What the build's training run has left, and when the start script hands it to a start. */
class TrainingIT {
    private static final Path TARGET =
            RunningSignalpost.CHECKOUT.resolve("smtp-relay").resolve("target");

    @TempDir
    Path elsewhere;

    @BeforeEach
    void was_there() {
        assumeTrue(Runtime.version().feature() >= 25, "Java keeps what it learnt since 25");
        assumeFalse(Boolean.getBoolean("training.skip"), "the build was told to skip its training run");
    }

    /** What a start prints whose configuration can't be used, so that it ends at once. */
    private static String start(Path checkout, String options) throws IOException {
        String out = Command.run(List.of(
                "env",
                "SIGNALPOST_JAVA_OPTIONS=" + options,
                "SIGNALPOST_JAVA_HOME=" + System.getProperty("java.home"),
                "sh",
                "-c",
                "\"$0\" serve --config /nowhere 2>&1 || echo ended with $?",
                checkout.resolve("signalpost").toString()));
        assertThat(out).endsWith("ended with 2\n");
        return out;
    }

    private static boolean isTaken(Path checkout) throws IOException {
        return start(checkout, "-XX:+PrintFlagsFinal")
                .lines()
                .anyMatch(line -> line.matches(" *ccstr AOTCache += .*signalpost\\.aot .*"));
    }

    /** The installation once more: what is in the target folder that a start needs. */
    private Path copied() throws IOException {
        Path checkout = elsewhere.resolve("it is here");
        Path target = checkout.resolve("smtp-relay").resolve("target");
        Files.createDirectories(target.resolve("lib"));
        Files.copy(RunningSignalpost.CHECKOUT.resolve("signalpost"), checkout.resolve("signalpost"));
        assertThat(checkout.resolve("signalpost").toFile().setExecutable(true)).isTrue();
        for (String file : List.of("signalpost.jar", "signalpost.aot", "signalpost.aot.sum")) {
            Files.copy(TARGET.resolve(file), target.resolve(file));
        }
        try (var jars = Files.list(TARGET.resolve("lib"))) {
            for (Path jar : jars.toList()) {
                Files.copy(jar, target.resolve("lib").resolve(jar.getFileName()));
            }
        }
        return checkout;
    }

    @Test
    void it_went_well_and_a_start_takes_what_it_left() throws IOException {
        assertThat(Files.readString(TARGET.resolve("training.log"))).contains("Signalpost is ready", "delivered");
        assertThat(isTaken(RunningSignalpost.CHECKOUT)).isTrue();
    }

    /** Java itself does not look (JDK-8377932): it would run the old code. */
    @Test
    void it_is_not_taken_for_other_jars_or_when_it_is_damaged() throws IOException {
        Path checkout = copied();
        assertThat(isTaken(checkout)).isTrue();
        Path target = checkout.resolve("smtp-relay/target");

        Path jar = target.resolve("lib/signalpost-core-0.1.0.jar");
        byte[] octets = Files.readAllBytes(jar);
        Files.write(jar, new byte[1], StandardOpenOption.APPEND);
        assertThat(isTaken(checkout)).isFalse();
        Files.write(jar, octets);
        assertThat(isTaken(checkout)).isTrue();

        Path cache = target.resolve("signalpost.aot");
        byte[] damaged = Files.readAllBytes(cache);
        damaged[damaged.length / 2] ^= 1;
        Files.write(cache, damaged);
        assertThat(isTaken(checkout)).isFalse();
        assertThat(start(checkout, "")).startsWith("signalpost: ").hasLineCount(2);
    }

    @Test
    void options_that_rule_it_out_change_nothing_that_is_printed() throws IOException {
        for (String options : List.of("-XX:+UseZGC", "-Xshare:off", "-Xmx64m -XX:+UseSerialGC")) {
            assertThat(start(RunningSignalpost.CHECKOUT, options))
                    .as(options)
                    .startsWith("signalpost: ")
                    .hasLineCount(2);
        }
    }
}

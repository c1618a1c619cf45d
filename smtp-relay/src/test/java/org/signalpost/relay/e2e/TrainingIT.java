package org.signalpost.relay.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.signalpost.relay.Command;

/** The build's training run: what Java has kept is there, and a start takes it. */
class TrainingIT {
    private static final Path TARGET =
            RunningSignalpost.CHECKOUT.resolve("smtp-relay").resolve("target");

    @Test
    void has_left_what_a_start_can_use() throws IOException {
        assumeTrue(Runtime.version().feature() >= 25, "Java keeps what it learnt since 25");
        assumeFalse(Boolean.getBoolean("training.skip"), "the build was told to skip its training run");

        assertThat(Files.readString(TARGET.resolve("training.log"))).contains("Signalpost is ready", "delivered");
        // With "on" Java refuses to start when the cache does not fit the jar and its libraries.
        assertThat(Command.run(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:AOTMode=on",
                        "-XX:AOTCache=" + TARGET.resolve("signalpost.aot"),
                        "-jar",
                        TARGET.resolve("signalpost.jar").toString(),
                        "--version")))
                .isEqualTo("signalpost 0.1.0\n");
    }

    @Test
    void is_what_the_start_script_hands_to_a_start() throws IOException {
        assumeTrue(Runtime.version().feature() >= 25, "Java keeps what it learnt since 25");
        assumeFalse(Boolean.getBoolean("training.skip"), "the build was told to skip its training run");

        String flags = Command.run(List.of(
                "env",
                "SIGNALPOST_JAVA_OPTIONS=-XX:+PrintFlagsFinal",
                "SIGNALPOST_JAVA_HOME=" + System.getProperty("java.home"),
                RunningSignalpost.CHECKOUT.resolve("signalpost").toString(),
                "--version"));

        assertThat(flags).containsPattern("AOTCache += .*signalpost\\.aot");
    }
}

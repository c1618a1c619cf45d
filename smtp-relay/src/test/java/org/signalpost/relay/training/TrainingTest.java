package org.signalpost.relay.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TrainingTest {
    private final ByteArrayOutputStream told = new ByteArrayOutputStream();

    @Test
    void gives_up_and_says_why_when_nobody_takes_its_mail() throws Exception {
        var ended = new CountDownLatch(1);
        try (Training training = Training.open(new PrintStream(told, true, StandardCharsets.UTF_8))) {
            training.start(ended::countDown);

            assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(training.wentWell()).isFalse();
        }
        assertThat(told.toString(StandardCharsets.UTF_8))
                .startsWith("training: ")
                .contains("refused")
                .hasLineCount(1);
    }

    @Test
    void leaves_nothing_behind() throws Exception {
        Path data;
        try (Training training = Training.open(new PrintStream(told, true, StandardCharsets.UTF_8))) {
            data = Path.of(
                    training.configuration().lines().findFirst().orElseThrow().replace("data.directory = ", ""));
            Files.createDirectories(data.resolve("log"));
            Files.writeString(data.resolve("log").resolve("1.log"), "x");
        }

        assertThat(data.getParent()).doesNotExist();
    }
}

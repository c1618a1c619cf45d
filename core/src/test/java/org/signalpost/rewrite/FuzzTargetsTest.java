package org.signalpost.rewrite;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The fuzz targets in their short form: the project's mails, damaged at random; and every input that ever failed. */
class FuzzTargetsTest {
    private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 6_000);

    private static List<byte[]> read(String directory) throws IOException {
        var found = new ArrayList<byte[]>();
        if (Files.isDirectory(Path.of(directory))) {
            try (Stream<Path> files = Files.list(Path.of(directory))) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    found.add(Files.readAllBytes(file));
                }
            }
        }
        return found;
    }

    private static byte[] damaged(byte[] seed, byte[] other, Random random) {
        byte[] octets = seed.clone();
        for (int n = random.nextInt(4); n >= 0 && octets.length > 0; n--) {
            int at = random.nextInt(octets.length);
            switch (random.nextInt(5)) {
                case 0 -> octets[at] = (byte) random.nextInt(256);
                case 1 -> octets[at] = (byte) "<>\"'=&;:/\r\n -".charAt(random.nextInt(13));
                case 2 -> octets = Arrays.copyOf(octets, at);
                case 3 -> {
                    int length = Math.min(random.nextInt(60), octets.length - at);
                    System.arraycopy(octets, at, octets, random.nextInt(octets.length - length + 1), length);
                }
                default -> {
                    byte[] joined = Arrays.copyOf(octets, at + other.length);
                    System.arraycopy(other, 0, joined, at, other.length);
                    octets = joined;
                }
            }
        }
        return octets;
    }

    private static void run(List<byte[]> seeds, Consumer<byte[]> target, long seed) throws IOException {
        for (byte[] found : read("src/test/resources/fuzz")) {
            assertThatCode(() -> target.accept(found)).doesNotThrowAnyException();
        }
        var random = new Random(seed);
        for (int i = 0; i < ROUNDS; i++) {
            byte[] octets =
                    damaged(seeds.get(random.nextInt(seeds.size())), seeds.get(random.nextInt(seeds.size())), random);
            assertThatCode(() -> target.accept(octets))
                    .as(() -> new String(octets, StandardCharsets.ISO_8859_1))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void mails_that_are_damaged() throws IOException {
        run(read("src/test/resources/mail"), FuzzTargets.Mime::fuzzerTestOneInput, 1);
    }

    @Test
    void html_that_is_damaged() throws IOException {
        var random = new Random(5);
        var seeds = new ArrayList<byte[]>();
        for (String html : List.of(
                "<html><body><p>x <a href=\"https://d.example/?a=1&amp;b=2\">y</a></p></body></html>",
                "<!--[if mso]><v:rect href=\"https://d.example/\"><![endif]--><a data-signalpost-track=on href='https://d.example/r?token=1'>z</a>",
                "<svg><a href=\"https://d.example/\"></svg><select><a href=x><textarea>%opentrack%")) {
            seeds.add(html.getBytes(StandardCharsets.ISO_8859_1));
        }
        for (int i = 0; i < 50; i++) {
            var octets = new byte[random.nextInt(200)];
            random.nextBytes(octets);
            seeds.add(octets);
        }
        run(seeds, FuzzTargets.Html::fuzzerTestOneInput, 2);
    }

    @Test
    void tokens_that_are_damaged() throws IOException {
        List<byte[]> seeds = Stream.of(
                        "EAEAESIzRFVmd4iZqrvM3e7_AwNzaG9wLmV4YW1wbGUvc2FsZT9pZD03JmM9YSUyMGIjdG9wnkOe114TkzadlOzDzfg44A",
                        "https://d.example/a?b=c",
                        "http://www.x.example")
                .map(text -> text.getBytes(StandardCharsets.US_ASCII))
                .toList();
        run(seeds, FuzzTargets.Token::fuzzerTestOneInput, 3);
    }

    @Test
    void control_fields_that_are_damaged() throws IOException {
        List<byte[]> seeds = Stream.of(
                        "X-SMTPAPI: {\"filters\":{\"clicktrack\":{\"settings\":{\"enable\":1}}},\"category\":[\"a\"],\"unique_args\":{\"a\":1e3}}",
                        "X-MSYS-API: {\"options\":{\"open_tracking\":false},\r\n \"metadata\":{\"a\":[true,null]}}",
                        "X-Signalpost-Tags: a, b\r\nX-Signalpost-Metadata: {}\r\nX-Signalpost-Pixel: both",
                        "X-PM-Metadata-x: =?utf-8?b?w7w=?=\r\nX-MC-Track: opens,clicks_all\r\nX-SES-MESSAGE-TAGS: a=b, c",
                        "X-Signalpost-Pass: 1; k=1; t=trk_0000000000000000000000; m=AAAAAAAAAAAAAAAAAAAAAA")
                .map(text -> text.getBytes(StandardCharsets.US_ASCII))
                .toList();
        run(seeds, FuzzTargets.Control::fuzzerTestOneInput, 4);
    }
}

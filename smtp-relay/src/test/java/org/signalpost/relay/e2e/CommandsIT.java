package org.signalpost.relay.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.relay.Commands;
import org.signalpost.relay.Commands.Ended;

/** The command line as a person uses it: exit codes, and one clear line when something is wrong. */
class CommandsIT {
    @TempDir
    Path directory;

    private Ended run(String input, String... arguments) {
        return Commands.run(
                RunningSignalpost.CHECKOUT,
                Map.of("SIGNALPOST_DATA_DIRECTORY", directory.resolve("data").toString()),
                List.of(arguments),
                input);
    }

    /** The same by the start script, with the directory of the test as the current one. */
    private Ended script(String input, String... arguments) throws Exception {
        var command = new ArrayList<String>();
        command.add(RunningSignalpost.CHECKOUT.resolve("signalpost").toString());
        command.addAll(List.of(arguments));
        Path in = Files.writeString(Files.createTempFile(directory, "in", ""), input, StandardCharsets.ISO_8859_1);
        Path out = Files.createTempFile(directory, "out", "");
        Path err = Files.createTempFile(directory, "err", "");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS))
                .as(command.toString())
                .isTrue();
        return new Ended(
                process.exitValue(),
                Files.readString(out, StandardCharsets.ISO_8859_1),
                Files.readString(err, StandardCharsets.ISO_8859_1));
    }

    private String configuration(String text) throws IOException {
        return Files.writeString(directory.resolve("test.properties"), text).toString();
    }

    private static void one_clear_line(Ended ended, String... words) {
        assertThat(ended.code()).as(ended.err()).isEqualTo(2);
        assertThat(ended.err().lines().toList()).as(ended.err()).hasSize(1);
        assertThat(ended.err()).contains(words).doesNotContain("Exception", "\tat ");
    }

    @Test
    void an_unknown_key_stops_the_start_naming_the_line_and_the_nearest_key() throws Exception {
        String file = configuration("# mine\ndelivery.smarthots = mail.example.org:25\n");

        one_clear_line(
                script("", "serve", "--config", file),
                "line 2",
                "delivery.smarthots",
                "nearest key is delivery.smarthost");
    }

    @Test
    void an_occupied_port_stops_the_start() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + socket.getLocalPort();
            String http = "127.0.0.1:" + RunningSignalpost.freePort();

            one_clear_line(
                    script(
                            "",
                            "serve",
                            "--config",
                            configuration("smtp.listen = " + address + "\nhttp.listen = " + http)),
                    "smtp.listen",
                    address);
            one_clear_line(
                    script(
                            "",
                            "serve",
                            "--config",
                            configuration("smtp.listen = 127.0.0.1:0\nhttp.listen = " + address)),
                    "http.listen",
                    address);
        }
    }

    @Test
    void a_data_directory_that_can_not_be_written_stops_the_start() throws Exception {
        Files.writeString(directory.resolve("file"), "no folder");
        String file =
                configuration("data.directory = " + directory.resolve("file").resolve("data"));

        one_clear_line(script("", "serve", "--config", file), "data.directory", "can't be written");
    }

    @Test
    void wrong_usage_is_answered_with_2_and_help_with_0() throws Exception {
        assertThat(script("", "servr").code()).isEqualTo(2);
        assertThat(run("", "verify").code()).isEqualTo(2);
        assertThat(run("", "rewrite", "--explain=picture").code()).isEqualTo(2);
        Ended help = script("", "--help");
        assertThat(help.code()).isZero();
        assertThat(help.out()).contains("serve", "rewrite", "verify", "key", "check");
        Ended version = script("", "--version");
        assertThat(version.code()).isZero();
        assertThat(version.out()).contains("signalpost 0.1.0");
    }

    @Test
    void rewrite_gives_the_same_octets_each_time_and_explains_itself() throws Exception {
        String mail = Mails.newsletter("Again");

        Ended first = script(mail, "rewrite", "--recipient", "ann@example.com", "--explain");
        Ended second = run(mail, "rewrite", "--recipient", "ann@example.com");
        Ended other = run(mail, "rewrite", "--recipient", "bob@example.com");

        assertThat(first.code()).isZero();
        assertThat(first.out()).isEqualTo(second.out()).isNotEqualTo(other.out());
        assertThat(first.err()).contains("tracked").contains("scheme");
        assertThat(second.err()).doesNotContain("scheme");
        assertThat(Mails.track(first.out())).startsWith("trk_");
    }

    @Test
    void rewrite_leaves_what_it_must_not_touch_and_says_why() throws Exception {
        for (Map.Entry<String, String> mail : Mails.UNTRACKABLE.entrySet()) {
            Ended ended = run(mail.getValue(), "rewrite", "--explain");
            assertThat(ended.code()).isZero();
            assertThat(ended.out()).as(mail.getKey()).isEqualTo(mail.getValue());
            assertThat(ended.err()).contains(mail.getKey());
        }
    }

    @Test
    void verify_proves_each_file_and_fails_for_one_it_can_not_read() throws Exception {
        Path mail = Files.writeString(directory.resolve("a.eml"), Mails.newsletter("Proof"));

        Ended good = run("", "verify", mail.toString());
        Ended bad =
                run("", "verify", mail.toString(), directory.resolve("none.eml").toString());

        assertThat(good.code()).as(good.out()).isZero();
        assertThat(good.out()).contains("1 files, 0 failures");
        assertThat(bad.code()).isEqualTo(1);
        assertThat(bad.out()).contains("2 files, 1 failures");
    }

    @Test
    void verify_holds_for_every_mail_of_the_corpora_where_they_are() throws Exception {
        var arguments = new ArrayList<>(List.of("verify"));
        for (Path folder : List.of(
                RunningSignalpost.CHECKOUT.resolve("core/src/test/resources/mail"),
                RunningSignalpost.CHECKOUT.resolve("../shared/corpora/mime"))) {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> files = Files.walk(folder)) {
                    files.filter(Files::isRegularFile)
                            .filter(file -> !file.toString().endsWith(".properties"))
                            .map(Path::toString)
                            .forEach(arguments::add);
                }
            }
        }
        assertThat(arguments).hasSizeGreaterThan(20);

        Ended ended = run("", arguments.toArray(String[]::new));

        assertThat(ended.out()).contains((arguments.size() - 1) + " files, 0 failures");
        assertThat(ended.code()).isZero();
    }

    @Test
    void check_names_each_thing_it_looked_at() throws Exception {
        String file = configuration("smtp.listen = 127.0.0.1:0\nhttp.listen = 127.0.0.1:" + RunningSignalpost.freePort()
                + "\ndelivery.smarthost = 127.0.0.1:" + RunningSignalpost.freePort() + "\n");

        Ended ended = script("", "check", "--config", file);

        assertThat(ended.code()).as("no smarthost there").isEqualTo(1);
        assertThat(ended.out())
                .contains("ok      disk")
                .contains("ok      SMTP port")
                .contains("FAILED  smarthost");

        String large = configuration("smtp.max-message = 100000GB\n");
        assertThat(run("", "check", "--config", large).out())
                .containsPattern("FAILED  disk .* MB free; mail is taken from 153600128 MB on");
    }

    @Test
    void keys_are_made_listed_and_revoked_through_the_running_server() throws Exception {
        try (var signalpost = RunningSignalpost.start(directory, Map.of())) {
            String config = directory.resolve("signalpost.properties").toString();
            assertThat(signalpost.adminKey()).startsWith("ms_live_");

            Ended made = run("", "key", "create", "--config", config, "--name", "app", "--scopes", "read,write");
            assertThat(made.code()).as(made.err()).isZero();
            assertThat(made.out().strip()).matches("ms_live_[0-9A-Za-z]{32}");
            Ended listed = run("", "key", "list", "--config", config);
            assertThat(listed.out()).contains("app").contains("read,write").contains("active");
            String id = listed.out()
                    .lines()
                    .filter(line -> line.contains("app"))
                    .findFirst()
                    .orElseThrow()
                    .split(" ", -1)[0];
            assertThat(run("", "key", "revoke", id, "--config", config).code()).isZero();
            assertThat(run("", "key", "list", "--config", config).out()).contains("revoked");
            assertThat(run("", "key", "revoke", "nope", "--config", config).code())
                    .isEqualTo(1);
        }
    }

    @Test
    void unwrap_says_where_links_lead_also_after_the_signing_key_was_rotated() throws Exception {
        String config = configuration("data.directory = " + directory.resolve("data"));
        try (var signalpost = RunningSignalpost.start(directory, Map.of())) {
            assertThat(signalpost.adminKey()).isNotEmpty();
        }
        String old = Mails.link(run(Mails.newsletter("Old"), "rewrite", "--config", config)
                        .out())
                .toString();
        Ended rotated = run("", "key", "rotate-signing", "--config", config);
        assertThat(rotated.code()).as(rotated.err()).isZero();
        String fresh = Mails.link(run(Mails.newsletter("New"), "rewrite", "--config", config)
                        .out())
                .toString();

        Ended both = run("", "unwrap", "--config", config, old, fresh);
        Ended bad = run("", "unwrap", "--config", config, old + "x");

        assertThat(fresh).isNotEqualTo(old);
        assertThat(both.code()).isZero();
        assertThat(both.out().lines())
                .hasSize(2)
                .allMatch(line -> line.equals("https://d.example/sale?id=7&c=a%20b#top"));
        assertThat(bad.code()).isEqualTo(1);
    }

    @Test
    void unrewrite_gives_the_original_back() throws Exception {
        String mail = "X-Signalpost-Campaign: spring\r\n" + Mails.newsletter("Back");
        String plan = directory.resolve("plan").toString();

        Ended rewritten = run(mail, "rewrite", "--plan", plan);
        Ended back = run(rewritten.out(), "unrewrite", "--plan", plan);
        Ended other = run("short", "unrewrite", "--plan", plan);

        assertThat(rewritten.out()).isNotEqualTo(mail);
        assertThat(back.code()).as(back.err()).isZero();
        assertThat(back.out()).isEqualTo(mail);
        assertThat(other.code()).isEqualTo(1);
        assertThat(other.err()).contains("does not belong");
    }

    @Test
    void an_emptied_admin_key_stops_the_start() throws Exception {
        Files.createDirectories(directory.resolve("data"));
        Files.writeString(directory.resolve("data").resolve("admin.key"), "");
        String file = configuration("data.directory = " + directory.resolve("data"));

        one_clear_line(script("", "serve", "--config", file), "admin.key", "holds no key");
    }
}

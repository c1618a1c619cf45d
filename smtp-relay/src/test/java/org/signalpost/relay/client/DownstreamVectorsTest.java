package org.signalpost.relay.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.signalpost.relay.delivery.Outcome;
import org.signalpost.relay.tls.Authority;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** What the answers of a next hop make of a copy: our own table, and the project's shared one where it is. */
class DownstreamVectorsTest {
    private static final List<Path> SHARED = List.of(Path.of("../../shared/vectors/smtp.json"));

    /** Name, what is said to whom, outcome. */
    private static final String OWN = """
            ok                | | delivered
            dot-251           | .=251 2.0.0 done | delivered
            dot-252           | .=252 done | delivered
            dot-450           | .=450 4.3.0 later | deferred
            dot-554           | .=554 5.7.1 no | refused
            dot-554-reset     | .=554 5.7.1 no<reset> | refused
            dot-354           | .=354 go on | deferred
            dot-eof           | .=<close> | deferred
            dot-garbage       | .=hello | deferred
            dot-then-eof      | .=250 ok<close> | delivered
            dot-two-minds     | .=250-ok\\r\\n554 no | deferred
            dot-no-code       | .=2500 ok | deferred
            dot-no-text       | .=250 | delivered
            banner-554        | banner=554 5.7.1 go away | deferred
            ehlo-550          | EHLO=550 5.7.1 no; HELO=550 5.7.1 no | deferred
            ehlo-550-helo     | EHLO=550 5.7.1 no | delivered
            ehlo-421          | EHLO=421 4.3.2 bye | deferred
            ehlo-garbage      | EHLO=hello | deferred
            mail-552          | MAIL=552 5.3.4 too big | refused
            mail-251          | MAIL=251 hm | deferred
            rcpt-550          | RCPT=550 5.1.1 no such user | refused
            rcpt-550-stall    | RCPT=550 5.1.1 no such user; RSET=<stall> | refused
            rcpt-452          | RCPT=452 4.2.2 full | deferred
            rcpt-252          | RCPT=252 perhaps | delivered
            data-250          | DATA=250 ok | deferred
            data-421          | DATA=421 4.3.2 bye<close> | deferred
            data-554-reset    | DATA=554 5.7.1 no<reset> | refused
            auth-535          | AUTH=535 5.7.8 bad password | deferred, suspended
            multiline-endless | MAIL=<endless> | deferred
            lf-only-replies   | *=<lf> | delivered
            no-enhanced-code  | RCPT=550 nope | refused, status 5.0.0
            """;

    private static SSLContext certificate;
    private static Trust trust;

    /** What a next hop says, and what becomes of the copy. */
    record Vector(String id, Map<String, String> script, String outcome) {
        @Override
        public String toString() {
            return id;
        }
    }

    static List<Vector> vectors() throws IOException {
        var vectors = new ArrayList<Vector>();
        OWN.lines().map(line -> line.split("\\|")).forEach(words -> {
            var script = new LinkedHashMap<String, String>();
            Stream.of(words[1].split(";"))
                    .map(String::strip)
                    .filter(said -> !said.isEmpty())
                    .forEach(said -> {
                        int equals = said.indexOf('=');
                        script.put(
                                said.substring(0, equals),
                                said.substring(equals + 1).replace("\\r\\n", "\r\n"));
                    });
            vectors.add(new Vector("own " + words[0].strip(), script, words[2].strip()));
        });
        Optional<Path> shared = SHARED.stream().filter(Files::exists).findFirst();
        if (shared.isPresent()) {
            vectors.addAll(read(shared.get()));
        }
        return vectors;
    }

    private static List<Vector> read(Path file) throws IOException {
        var vectors = new ArrayList<Vector>();
        JsonNode cases = new ObjectMapper().readTree(Files.readString(file)).at("/groups/downstream/cases");
        for (JsonNode one : cases) {
            var script = new LinkedHashMap<String, String>();
            one.get("script")
                    .properties()
                    .forEach(said -> script.put(
                            said.getKey().equals("connect") ? "banner" : said.getKey(),
                            said.getValue()
                                    .asString()
                                    .replace("<1 MB of 250- lines>", "<endless>")
                                    .replace("<LF only>", "<lf>")));
            vectors.add(new Vector(
                    one.get("id").asString(), script, one.get("outcome").asString()));
        }
        assertThat(vectors).isNotEmpty();
        return vectors;
    }

    @BeforeAll
    static void certificate(@TempDir Path directory) throws IOException {
        Authority authority = Authority.in(directory.resolve("authority"));
        certificate = Peers.certificate(authority, Peers.NAME, 30);
        trust = Peers.trust(authority);
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void replies_decide_what_becomes_of_a_copy(Vector vector) throws IOException {
        boolean password = vector.script().containsKey("AUTH");
        var script = new LinkedHashMap<>(vector.script());
        script.put("keywords", "8BITMIME,AUTH PLAIN");
        try (var peer = new ScriptedPeer(
                        script, Optional.of(certificate).filter(any -> password), /* fromTheStart= */ false);
                SmtpPool pool = Peers.pool(trust, Peers.PATIENT, 100)) {
            Hop hop = Peers.hop(
                    peer,
                    password ? Hop.Tls.REQUIRED : Hop.Tls.NONE,
                    Optional.of(Peers.LOGIN).filter(any -> password));
            Outcome found = Peers.send(pool, hop, Peers.copy());

            String word = switch (found) {
                case Outcome.Deferred deferred
                when deferred.fault() == Outcome.Fault.ROUTE_FOR_ALL -> "deferred, suspended";
                case Outcome.Deferred deferred -> "deferred";
                case Outcome.Delivered delivered -> "delivered";
                case Outcome.Refused refused
                when vector.outcome().contains("5.0.0") ->
                    "refused, status " + refused.said().status();
                case Outcome.Refused refused -> "refused";
                default -> found.toString();
            };
            assertThat(vector.outcome().replace(", destination", ","))
                    .as(found.toString())
                    .startsWith(word);
            assertThat(found.said().status())
                    .startsWith(word.substring(0, 3).equals("ref") ? "5." : word.startsWith("del") ? "2." : "4.");
        }
    }
}

package org.signalpost.relay.smtp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One case of a file {@code dialogs/*.smtp}: what a client says, and what it has to hear.
 *
 * <p>A file holds many cases. Each begins with a line {@code == what it shows}; a line that begins with {@code #} is a
 * comment. The other lines of a case:
 *
 * <pre>
 * with bare-newline reject   the server is another: bare-newline reject, max-message N, max-recipients N, trusted NETWORK,
 *                            owner envelope|from|both, no-keys, no-certificate
 * after RCPT                 said and answered before: nothing (the default), EHLO, MAIL, RCPT or DATA
 * C: text                    the client says it, and CRLF
 * c: text                    the same without CRLF; both know \r \n \t \0 \\ and \xHH, an octet
 * C*20: text                 twenty times
 * S: 250 2.0.0               one reply begins so, and is over; S*20: twenty
 * S~ 250-SIZE                the reply before holds this; S!~ holds it not
 * TLS                        the client makes its handshake; from there on it waits for each reply
 * closes                     behind the last reply the server hangs up; without, QUIT is heard as the next command
 * stored: text               a mail is kept with exactly this content
 * from: address              of the mail before: its sender
 * to: address, address       of the mail before: its recipients, c@d.example unless it says otherwise
 * protocol: ESMTP            of the mail before: the word for how it came
 * </pre>
 *
 * <p>No mail is kept but those that {@code stored} tells of.
 */
record Script(
        String name,
        List<String> with,
        String after,
        List<Turn> turns,
        boolean closes,
        boolean tls,
        List<Stored> stored) {
    /** One thing that is said or heard. */
    sealed interface Turn {
        /** The client says this, one character an octet. */
        record Says(String octets) implements Turn {}

        /** The next reply begins so. */
        record Hears(String reply) implements Turn {}

        /** The reply before holds this, or holds it not. */
        record Holds(String text, boolean held) implements Turn {}

        /** The client changes to TLS. */
        record Handshake() implements Turn {}
    }

    /** A mail that is kept. */
    record Stored(String content, List<String> to, Optional<String> from, Optional<String> protocol) {}

    @Override
    public String toString() {
        return name;
    }

    /** All cases of all files. */
    static Stream<Script> all() {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/dialogs"))) {
            return files
                    .filter(file -> file.toString().endsWith(".smtp"))
                    .sorted()
                    .flatMap(file -> read(file).stream())
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Script> read(Path file) {
        try {
            var cases = new ArrayList<Script>();
            var reader = new Reader();
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith("== ")) {
                    reader.finished().ifPresent(cases::add);
                    reader = new Reader();
                    reader.name = file.getFileName() + ": " + line.substring(3);
                } else if (!line.isBlank() && !line.startsWith("#")) {
                    reader.line(line);
                }
            }
            reader.finished().ifPresent(cases::add);
            return cases;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that the client says, when it need not wait for a handshake. */
    byte[] octets() {
        var all = new StringBuilder();
        for (Turn turn : turns) {
            if (turn instanceof Turn.Says says) {
                all.append(says.octets());
            }
        }
        return latin(all.toString());
    }

    private static final class Reader {
        private String name = "";
        private String after = "nothing";
        private boolean closes;
        private boolean tls;
        private final List<String> with = new ArrayList<>();
        private final List<Turn> turns = new ArrayList<>();
        private final List<Stored> stored = new ArrayList<>();

        Optional<Script> finished() {
            return name.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Script(
                            name, List.copyOf(with), after, List.copyOf(turns), closes, tls, List.copyOf(stored)));
        }

        void line(String line) {
            int blank = line.indexOf(' ');
            String word = blank < 0 ? line : line.substring(0, blank);
            String rest = blank < 0 ? "" : line.substring(blank + 1);
            int times = word.indexOf('*') < 0 ? 1 : Integer.parseInt(word.replaceAll("[^0-9]", ""));
            for (int i = 0; i < times; i++) {
                word(word.replaceAll("\\*[0-9]+", ""), rest);
            }
        }

        private void word(String word, String rest) {
            switch (word) {
                case "with" -> with.add(rest);
                case "after" -> after = rest;
                case "C:" -> turns.add(new Turn.Says(unescaped(rest) + "\r\n"));
                case "c:" -> turns.add(new Turn.Says(unescaped(rest)));
                case "S:" -> turns.add(new Turn.Hears(rest));
                case "S~" -> turns.add(new Turn.Holds(rest, /* held= */ true));
                case "S!~" -> turns.add(new Turn.Holds(rest, /* held= */ false));
                case "TLS" -> {
                    tls = true;
                    turns.add(new Turn.Handshake());
                }
                case "closes" -> closes = true;
                case "stored:" ->
                    stored.add(new Stored(unescaped(rest), List.of("c@d.example"), Optional.empty(), Optional.empty()));
                case "from:" -> {
                    Stored last = stored.removeLast();
                    stored.add(new Stored(last.content(), last.to(), Optional.of(utf8(rest)), last.protocol()));
                }
                case "to:" -> {
                    Stored last = stored.removeLast();
                    stored.add(
                            new Stored(last.content(), List.of(utf8(rest).split(", ")), last.from(), last.protocol()));
                }
                case "protocol:" -> {
                    Stored last = stored.removeLast();
                    stored.add(new Stored(last.content(), last.to(), last.from(), Optional.of(rest)));
                }
                default -> throw new IllegalArgumentException(name + ": what is " + word + "?");
            }
        }

        private static String utf8(String written) {
            return new String(latin(unescaped(written)), StandardCharsets.UTF_8);
        }
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** One character an octet. */
    private static String unescaped(String written) {
        var text = new StringBuilder();
        for (int i = 0; i < written.length(); i++) {
            char c = written.charAt(i);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            char escape = written.charAt(++i);
            switch (escape) {
                case 'r' -> text.append('\r');
                case 'n' -> text.append('\n');
                case 't' -> text.append('\t');
                case '0' -> text.append('\0');
                case '\\' -> text.append('\\');
                case 'x' -> {
                    text.append((char) Integer.parseInt(written.substring(i + 1, i + 3), 16));
                    i += 2;
                }
                default -> throw new IllegalArgumentException("what is \\" + escape + "?");
            }
        }
        return text.toString();
    }
}

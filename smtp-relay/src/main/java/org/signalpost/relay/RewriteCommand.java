package org.signalpost.relay;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.signalpost.process.DataDirectory;
import org.signalpost.rewrite.EnvelopeFacts;
import org.signalpost.rewrite.MessageRewriter;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.rewrite.Rewritten;
import org.signalpost.rewrite.Verification;
import org.signalpost.track.LinkToken;
import org.signalpost.track.SigningKeys;

/** {@code rewrite} and {@code verify}: the engine at work on files, without a server, a network or a database. */
final class RewriteCommand {
    private static final String SENDER = "sender@example.org";
    private static final String RECIPIENT = "recipient@example.org";

    private final Console console;
    private final RelaySettings settings;

    RewriteCommand(Console console, RelaySettings settings) {
        this.console = console;
        this.settings = settings;
    }

    /** One message from standard input to standard output. */
    int rewrite(String sender, String recipient, String explain, String plan) {
        if (!List.of("", "table", "json").contains(explain)) {
            console.err().println("signalpost: --explain knows table and json, not " + explain);
            return CommandLine.MISUSED;
        }
        try {
            RawMessage message = RawMessage.of(console.in().readAllBytes());
            String envelopeSender = sender.equals("<>") ? "" : sender;
            Rewritten copy =
                    rewriter().plan(message, envelope(message, envelopeSender)).copyFor(recipient);
            if (!plan.isEmpty()) {
                Files.writeString(Path.of(plan), UnrewriteCommand.plan(message, copy));
            }
            copy.message().writeTo(console.out());
            console.out().flush();
            switch (explain) {
                case "table" -> console.err().print(copy.explanation().table());
                case "json" -> console.err().println(copy.explanation().json());
                default -> {}
            }
            return console.out().checkError() ? CommandLine.FAILED : 0;
        } catch (IOException e) {
            throw new CommandFailed("the message can't be read or written: " + e.getMessage(), e);
        }
    }

    /** What is done to each link of a mail, and why, as a table. */
    String explanation(byte[] mail, EnvelopeFacts envelope, String recipient) {
        return rewriter()
                .plan(RawMessage.of(mail), envelope)
                .copyFor(recipient)
                .explanation()
                .table();
    }

    /** One line for each file, and a sum; fails when one file does. */
    int verify(List<Path> files) {
        PrintStream out = console.out();
        MessageRewriter rewriter = rewriter();
        int failures = 0;
        for (Path file : files) {
            try {
                RawMessage message = RawMessage.of(Files.readAllBytes(file));
                Verification result = rewriter.verify(message, envelope(message, SENDER), RECIPIENT);
                failures += result.holds() ? 0 : 1;
                out.println((result.holds() ? "ok      " : "FAILED  ") + file + "  " + result.sentence());
            } catch (IOException e) {
                failures++;
                out.println("FAILED  " + file + "  can't be read: " + e.getMessage());
            }
        }
        out.println(files.size() + " files, " + failures + " failures");
        return failures == 0 ? 0 : CommandLine.FAILED;
    }

    /** One line for each address: where it leads. */
    int unwrap(List<String> urls) {
        SigningKeys keys = keys();
        boolean all = true;
        for (String url : urls) {
            String token = url.substring(url.lastIndexOf('/') + 1);
            Optional<LinkToken> link = LinkToken.verify(token, keys);
            link.ifPresentOrElse(
                    read -> console.out().println(read.destination()),
                    () -> console.err().println("signalpost: not a link of ours: " + url));
            all &= link.isPresent();
        }
        return all ? 0 : CommandLine.FAILED;
    }

    private MessageRewriter rewriter() {
        return new MessageRewriter(settings.urls(), keys(), settings.rewrite());
    }

    private SigningKeys keys() {
        return DataDirectory.at(settings.dataDirectory()).signingKeys().orElseGet(() -> {
            console.err()
                    .println("signalpost: no signing keys in " + settings.dataDirectory()
                            + " yet; rewriting with fixed demonstration keys");
            return demonstrationKeys();
        });
    }

    /** Without a spool there is no name for the message but its content. */
    private static EnvelopeFacts envelope(RawMessage message, String sender) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(message.octets());
            return new EnvelopeFacts(HexFormat.of().formatHex(digest), sender);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static SigningKeys demonstrationKeys() {
        var key = new byte[SigningKeys.KEY_LENGTH];
        var idKey = new byte[SigningKeys.KEY_LENGTH];
        for (int i = 0; i < SigningKeys.KEY_LENGTH; i++) {
            key[i] = (byte) i;
            idKey[i] = (byte) (SigningKeys.KEY_LENGTH + i);
        }
        return SigningKeys.of(1, key, idKey);
    }
}

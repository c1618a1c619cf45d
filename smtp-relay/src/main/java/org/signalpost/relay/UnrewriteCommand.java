package org.signalpost.relay;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.signalpost.rewrite.Cuts;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.rewrite.Rewritten;

/**
 * {@code unrewrite}: undoes what {@code rewrite} did. A plan is one line for each edit: first and last octet in the
 * rewritten message, and what stood there, in base 64.
 */
final class UnrewriteCommand {
    private final Console console;

    UnrewriteCommand(Console console) {
        this.console = console;
    }

    /** The plan that leads back from the copy to the message. */
    static String plan(RawMessage message, Rewritten copy) {
        Cuts back = switch (copy) {
            case Rewritten.Tracked tracked -> tracked.cuts().inverse(message.octets());
            case Rewritten.Untouched untouched when untouched.message().equals(message) -> new Cuts(List.of());
            // Control fields were taken out: the whole is put back.
            case Rewritten.Untouched untouched ->
                new Cuts(List.of(new Cuts.Cut(0, untouched.message().size(), message.octets())));
        };
        var text = new StringBuilder();
        for (Cuts.Cut cut : back.list()) {
            text.append(cut.from())
                    .append(' ')
                    .append(cut.to())
                    .append(' ')
                    .append(Base64.getEncoder().encodeToString(cut.replacement()))
                    .append('\n');
        }
        return text.toString();
    }

    int unrewrite(Path plan) {
        try {
            var cuts = new ArrayList<Cuts.Cut>();
            for (String line : Files.readAllLines(plan, StandardCharsets.US_ASCII)) {
                String[] words = line.split(" ", -1);
                if (words.length != 3) {
                    throw new CommandFailed(plan + " is not a plan of rewrite --plan");
                }
                cuts.add(new Cuts.Cut(
                        Integer.parseInt(words[0]),
                        Integer.parseInt(words[1]),
                        Base64.getDecoder().decode(words[2])));
            }
            byte[] rewritten = console.in().readAllBytes();
            if (!cuts.isEmpty() && cuts.getLast().to() > rewritten.length) {
                throw new CommandFailed(plan + " does not belong to this message");
            }
            console.out().writeBytes(new Cuts(cuts).apply(rewritten));
            console.out().flush();
            return console.out().checkError() ? CommandLine.FAILED : 0;
        } catch (IOException e) {
            throw new CommandFailed("the plan or the message can't be read: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new CommandFailed(plan + " does not belong to this message", e);
        }
    }
}

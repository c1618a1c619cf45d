package org.signalpost.relay;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.signalpost.process.DataDirectory;
import tools.jackson.databind.JsonNode;

/** {@code key create|list|revoke}: the API keys of the running server. */
final class KeyCommand {
    private final Console console;
    private final RelaySettings settings;

    KeyCommand(Console console, RelaySettings settings) {
        this.console = console;
        this.settings = settings;
    }

    /** The key to make. */
    record Wanted(String name, List<String> scopes, List<String> senders) {}

    int run(String act, String id, Wanted wanted) {
        return switch (act) {
            case "create" -> create(wanted);
            case "list" -> list();
            case "revoke" -> revoke(id);
            case "rotate-signing" -> rotate();
            default -> misused("key knows create, list, revoke and rotate-signing, not " + act);
        };
    }

    private int create(Wanted wanted) {
        ApiClient api = settings.api();
        JsonNode key = api.send(
                "POST",
                "keys",
                api.object(Map.of("name", wanted.name(), "scopes", wanted.scopes(), "senders", wanted.senders())));
        console.out().println(key.path("key").asString());
        console.err()
                .println("Key " + key.path("id").asString() + " with the scopes " + String.join(", ", wanted.scopes())
                        + ". It is shown this once.");
        return 0;
    }

    private int list() {
        PrintStream out = console.out();
        String row = "%-28s %-20s %-8s %-28s %s%n";
        out.printf(row, "ID", "NAME", "STATE", "SCOPES", "STARTS WITH");
        for (JsonNode key : settings.api().send("GET", "keys", "").path("data")) {
            String state = key.path("revokedAt").isNull() ? "active" : "revoked";
            var scopes =
                    key.path("scopes").valueStream().map(JsonNode::asString).toList();
            out.printf(
                    row,
                    key.path("id").asString(),
                    key.path("name").asString(""),
                    state,
                    String.join(",", scopes),
                    key.path("prefix").asString(""));
        }
        return 0;
    }

    private int revoke(String id) {
        if (id.isEmpty()) {
            return misused("key revoke wants the id that key list shows");
        }
        settings.api()
                .send("DELETE", "keys/" + java.net.URLEncoder.encode(id, java.nio.charset.StandardCharsets.UTF_8), "");
        console.err().println("Key " + id + " is revoked.");
        return 0;
    }

    /** New mail is signed with the new key from the next start on; links signed with the old ones work for ever. */
    private int rotate() {
        DataDirectory data = DataDirectory.at(settings.dataDirectory());
        int active = data.rotateSigningKeys(new java.security.SecureRandom()).active();
        console.out().println("Signing key " + active + " is active.");
        if (data.inUse()) {
            console.err().println("The running server uses it from its next start on.");
        }
        return 0;
    }

    private int misused(String sentence) {
        console.err().println("signalpost: " + sentence);
        return CommandLine.MISUSED;
    }
}

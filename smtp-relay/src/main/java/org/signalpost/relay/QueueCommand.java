package org.signalpost.relay;

import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.signalpost.rewrite.EnvelopeFacts;
import org.signalpost.track.MessageId;
import tools.jackson.databind.JsonNode;

/** {@code queue list|summary|show|retry|hold|release|drop|bounce|pause|resume}: the queue of the running server. */
final class QueueCommand {
    private final Console console;
    private final RelaySettings settings;
    private final QueueOptions options;

    QueueCommand(Console console, RelaySettings settings, QueueOptions options) {
        this.console = console;
        this.settings = settings;
        this.options = options;
    }

    int run(String act, List<String> ids) {
        return switch (act) {
            case "list" -> list();
            case "summary" -> summary();
            case "show" -> show(ids);
            case "retry", "hold", "release", "drop", "bounce" -> {
                if (act.equals("release") && options.captured()) {
                    yield releaseCaptured();
                }
                yield ids.isEmpty() ? actOnAll(act) : actOn(act, ids);
            }
            case "pause", "resume" -> route(act, ids);
            default ->
                misused("queue knows list, summary, show, retry, hold, release, drop, bounce, pause and resume, not "
                        + act);
        };
    }

    private String filter() {
        var query = new ArrayList<String>();
        var given = new LinkedHashMap<String, String>();
        given.put("state", options.state);
        given.put("route", options.route);
        given.put("from", options.from);
        given.put("to", options.to);
        given.put("older", options.older);
        given.forEach((name, value) -> {
            if (!value.isEmpty()) {
                query.add(name + "=" + encoded(value));
            }
        });
        return String.join("&", query);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private int list() {
        JsonNode summary = settings.api().send("GET", "queue/summary", "");
        PrintStream out = console.out();
        out.println(summary.path("states")
                .propertyStream()
                .map(state -> state.getValue().asInt() + " " + state.getKey())
                .reduce((one, other) -> one + ", " + other)
                .orElse("The queue is empty."));
        summary.path("routes")
                .valueStream()
                .filter(route -> route.path("waiting").asInt() > 0)
                .map(route -> route.path("waiting").asInt() + " for "
                        + route.path("route").asString())
                .reduce((one, other) -> one + ", " + other)
                .ifPresent(routes -> out.println("By route: " + routes));
        JsonNode page = settings.api()
                .send(
                        "GET",
                        "queue?limit=" + encoded(options.limit)
                                + (options.cursor.isEmpty() ? "" : "&cursor=" + encoded(options.cursor)) + "&"
                                + filter(),
                        "");
        String row = "%-30s %-20s %-11s %-5s %-30s %s%n";
        if (!page.path("data").isEmpty()) {
            out.printf(row, "ID", "ACCEPTED", "STATE", "TRIES", "RECIPIENT", "LAST REPLY");
        }
        for (JsonNode mail : page.path("data")) {
            for (JsonNode recipient : mail.path("recipients")) {
                out.printf(
                        row,
                        mail.path("id").asString(),
                        mail.path("acceptedAt").asString().replaceFirst("\\.[0-9]+Z$", "Z"),
                        recipient.path("state").asString(),
                        recipient.path("attempts").asInt(),
                        recipient.path("recipient").asString(),
                        recipient.path("reply").asString(""));
            }
        }
        if (page.path("hasMore").asBoolean()) {
            out.println("More with --cursor " + page.path("nextCursor").asString());
        }
        return 0;
    }

    private int summary() {
        PrintStream out = console.out();
        String row = "%-32s %8s %9s %10s %-24s %-24s %s%n";
        out.printf(row, "ROUTE", "WAITING", "UNDER WAY", "PER MINUTE", "OLDEST", "SUSPENDED UNTIL", "LAST ERROR");
        for (JsonNode route : settings.api().send("GET", "queue/summary", "").path("routes")) {
            out.printf(
                    row,
                    route.path("route").asString() + (route.path("paused").asBoolean() ? " (paused)" : ""),
                    route.path("waiting").asInt(),
                    route.path("underWay").asInt(),
                    route.path("perMinute").asInt(),
                    route.path("oldest").asString("-"),
                    route.path("suspendedUntil").asString("-"),
                    route.path("lastError").asString(""));
        }
        return 0;
    }

    private int show(List<String> ids) {
        if (ids.size() != 1) {
            return misused("queue show wants one id, as queue list shows it");
        }
        String path = "queue/" + encoded(ids.getFirst());
        if (options.body) {
            console.out().writeBytes(settings.api().octets(path + "/raw"));
        } else if (options.headers) {
            console.out().writeBytes(header(settings.api().octets(path + "/raw")));
        } else if (options.explain) {
            console.out().print(explained(path));
        } else {
            console.out().println(settings.api().send("GET", path, "").toPrettyString());
        }
        return 0;
    }

    private static byte[] header(byte[] mail) {
        int end = new String(mail, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n");
        return Arrays.copyOf(mail, end < 0 ? mail.length : end + 2);
    }

    /** For its first recipient: the links are the same for all. */
    private String explained(String path) {
        JsonNode mail = settings.api().send("GET", path, "");
        String recipient = mail.path("recipients").path(0).path("recipient").asString("");
        String name = mail.path("id").asString("").replaceFirst("^" + MessageId.PREFIX, "");
        var envelope = new EnvelopeFacts(name, mail.path("sender").asString(""));
        return new RewriteCommand(console, settings)
                .explanation(settings.api().octets(path + "/raw"), envelope, recipient);
    }

    private int actOn(String act, List<String> ids) {
        if (act.equals("drop") && !options.yes && !options.dryRun) {
            return misused("queue drop throws mail away and tells nobody; say --yes");
        }
        boolean all = true;
        for (String id : ids) {
            try {
                if (options.dryRun) {
                    console.out().println(id + ": " + act + " would be for " + meant(id) + " recipients");
                    continue;
                }
                if (id.startsWith("cap_") && act.equals("release")) {
                    JsonNode out = settings.api().send("POST", "outbox/" + encoded(id) + "/release", "");
                    console.out()
                            .println(id + ": goes out as "
                                    + out.path("messageId").asString());
                    continue;
                }
                JsonNode result = act.equals("drop")
                        ? settings.api().send("DELETE", "queue/" + encoded(id), body())
                        : settings.api().send("POST", "queue/" + encoded(id) + "/" + act, body());
                console.out()
                        .println(id + ": " + act + " " + result.path("done").size() + " recipients"
                                + underWay(result.path("underWay").size()));
            } catch (CommandFailed e) {
                console.err().println("signalpost: " + id + ": " + e.getMessage());
                all = false;
            }
        }
        return all ? 0 : CommandLine.FAILED;
    }

    /** How many recipients of a mail are not settled, and meant; a captured copy has one. */
    private long meant(String id) {
        if (id.startsWith("cap_")) {
            settings.api().send("GET", "outbox/" + encoded(id), "");
            return 1;
        }
        return settings.api()
                .send("GET", "queue/" + encoded(id), "")
                .path("recipients")
                .valueStream()
                .map(recipient -> recipient.path("recipient").asString())
                .filter(address -> options.to.isEmpty() || address.equalsIgnoreCase(options.to))
                .count();
    }

    private static String underWay(int count) {
        return count == 0 ? "" : ", not " + count + " of whom an attempt is under way";
    }

    private String body() {
        var fields = new LinkedHashMap<String, Object>();
        if (options.force) {
            fields.put("force", true);
        }
        if (!options.text.isEmpty()) {
            fields.put("text", options.text);
        }
        if (!options.to.isEmpty()) {
            fields.put("recipients", List.of(options.to));
        }
        return settings.api().object(fields);
    }

    private int count(String list, String filters) {
        int count = 0;
        String cursor = "";
        boolean more = true;
        while (more) {
            JsonNode page = settings.api().send("GET", list + "?limit=100" + cursor + filters, "");
            count += page.path("data").size();
            more = page.path("hasMore").asBoolean();
            cursor = "&cursor=" + page.path("nextCursor").asString("");
        }
        console.out().println(count + " mails match.");
        return count;
    }

    /** Captured copies are in the outbox, not in the queue; they go out as they are. */
    private int releaseCaptured() {
        int count = count("outbox", "");
        if (options.dryRun || !options.yes) {
            return notDone("release");
        }
        JsonNode result =
                settings.api().send("POST", "outbox/release", settings.api().object(Map.of("count", count)));
        console.out().println("release: " + result.path("done").asInt() + " captured mails go out");
        return 0;
    }

    private int notDone(String act) {
        console.err().println("Nothing was done" + (options.dryRun ? "." : "; say --yes to " + act + " them."));
        return 0;
    }

    /** First says how many, then does it when that was wanted. */
    private int actOnAll(String act) {
        ApiClient api = settings.api();
        int count = count("queue", "&" + filter());
        if (options.dryRun || !options.yes) {
            return notDone(act);
        }
        var fields = new LinkedHashMap<String, Object>(Map.of("count", count));
        if (options.force) {
            fields.put("force", true);
        }
        if (!options.text.isEmpty()) {
            fields.put("text", options.text);
        }
        JsonNode result = api.send("POST", "queue/" + act + "?" + filter(), api.object(fields));
        console.out()
                .println(act + ": " + result.path("done").asInt() + " recipients"
                        + underWay(result.path("underWay").asInt()));
        return 0;
    }

    private int route(String act, List<String> names) {
        if (names.size() != 1) {
            return misused("queue " + act + " wants one route, as queue summary shows it");
        }
        if (options.dryRun) {
            return notDone(act);
        }
        settings.api().send("POST", "routes/" + encoded(names.getFirst()) + "/" + act, "");
        console.out().println(names.getFirst() + (act.equals("pause") ? " is paused." : " goes on."));
        return 0;
    }

    private int misused(String sentence) {
        console.err().println("signalpost: " + sentence);
        return CommandLine.MISUSED;
    }
}

package org.signalpost.relay;

import picocli.CommandLine.Option;

/** Which mails {@code queue} means, and how; picocli fills it in. */
final class QueueOptions {
    @Option(names = "--state", defaultValue = "", description = "new, deferred, held, quarantined, failed, …")
    String state = "";

    @Option(names = "--route", defaultValue = "", description = "Of this route.")
    String route = "";

    @Option(names = "--from", defaultValue = "", description = "Whose sender holds this.")
    String from = "";

    @Option(names = "--to", defaultValue = "", description = "With a recipient that holds this; for ids, this one.")
    String to = "";

    @Option(names = "--older", defaultValue = "", description = "Accepted longer ago than that, such as 2h.")
    String older = "";

    @Option(names = "--limit", defaultValue = "50", description = "How many are listed, at most 100.")
    String limit = "50";

    @Option(names = "--cursor", defaultValue = "", description = "Where the list before ended.")
    String cursor = "";

    @Option(names = "--text", defaultValue = "", description = "What a bounce tells the sender.")
    String text = "";

    @Option(names = "--force", description = "Retries also what a suspended route holds up.")
    boolean force;

    @Option(names = "--yes", description = "Does it; without, acts by a filter only count.")
    boolean yes;

    @Option(names = "--dry-run", description = "Only says how many mails an act would be for.")
    boolean dryRun;

    @Option(names = "--body", description = "Shows the mail as it came, which is written to the log.")
    boolean body;

    @Option(names = "--headers", description = "Shows its header as it came, which is written to the log.")
    boolean headers;

    @Option(names = "--explain", description = "Says of each link why it is tracked or not.")
    boolean explain;

    boolean captured() {
        return state.equals("captured");
    }
}

package org.signalpost.relay;

import java.nio.file.Path;
import java.util.List;
import org.signalpost.settings.ConfigurationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/**
 * The verbs of the command line, their options, and what they exit with: 0, 1 when it failed, 2 for wrong usage or a
 * configuration that can't be used. What a verb does stands in a class of its own.
 */
@Command(
        name = "signalpost",
        versionProvider = CommandLine.Version.class,
        mixinStandardHelpOptions = true,
        description = "Open and click tracking for mail that is already being sent.",
        footer = {"", "Without a command, serve is meant. Exit codes: 0 done, 1 failed, 2 wrong usage or configuration."
        })
final class CommandLine {
    /** It could not be done. */
    static final int FAILED = 1;

    /** Wrong usage, or a configuration that can't be used. */
    static final int MISUSED = 2;

    private final Console console;
    private final Server server;
    private final Trainer trainer;

    /** What {@code serve} starts; {@link Main} wires it. */
    interface Server {
        /** Serves until the process is told to end; returns the exit code. */
        int serve(RelaySettings settings, Parts parts, Console console);
    }

    /** What {@code train} runs; {@link Main} wires it. */
    interface Trainer {
        /** Returns the exit code. */
        int train(Console console);
    }

    /** Which parts {@code serve} starts. */
    enum Parts {
        /** Takes mail, passes it on, and answers HTTP. */
        ALL,
        /** Answers HTTP; the mail is another server's, which registers its tracks here. */
        HTTP_ONLY
    }

    CommandLine(Console console, Server server, Trainer trainer) {
        this.console = console;
        this.server = server;
        this.trainer = trainer;
    }

    /** Runs the verb that the arguments name and returns the exit code. */
    int run(List<String> arguments) {
        var parser = new picocli.CommandLine(this)
                .setOut(new java.io.PrintWriter(console.out(), true, java.nio.charset.StandardCharsets.UTF_8))
                .setErr(new java.io.PrintWriter(console.err(), true, java.nio.charset.StandardCharsets.UTF_8))
                .setExecutionExceptionHandler((failure, command, parsed) -> explain(failure));
        parser.setParameterExceptionHandler((failure, given) -> misused(failure));
        boolean implied = arguments.isEmpty()
                || arguments.getFirst().startsWith("--config")
                || arguments.getFirst().equals("--http-only");
        var full = new java.util.ArrayList<String>(arguments);
        if (implied) {
            full.addFirst("serve");
        }
        return parser.execute(full.toArray(String[]::new));
    }

    private int misused(ParameterException failure) {
        console.err().println("signalpost: " + failure.getMessage());
        console.err().println("Try: signalpost --help");
        return MISUSED;
    }

    private int explain(Exception failure) {
        String sentence = String.valueOf(failure.getMessage());
        return switch (failure) {
            case ConfigurationException wrong -> said(sentence, MISUSED);
            case CommandFailed failed -> said(sentence, FAILED);
            default -> said(failure + " (this should not happen; please report it)", FAILED);
        };
    }

    private int said(String sentence, int code) {
        console.err().println("signalpost: " + sentence);
        return code;
    }

    @Command(name = "serve", description = "Takes mail by SMTP, tracks it, passes it on, and answers pixels and links.")
    int serve(
            @Option(names = "--config", paramLabel = "FILE", description = CONFIG, defaultValue = "") String config,
            @Option(
                            names = "--http-only",
                            description = "Takes and passes on no mail: for use beside a James with the mailet.")
                    boolean httpOnly) {
        return server.serve(settings(config), httpOnly ? Parts.HTTP_ONLY : Parts.ALL, console);
    }

    @Command(
            name = "rewrite",
            description = "Rewrites the message on standard input to standard output, as the relay would.")
    int rewrite(
            @Option(names = "--config", paramLabel = "FILE", description = CONFIG, defaultValue = "") String config,
            @Option(
                            names = "--recipient",
                            paramLabel = "ADDRESS",
                            description = "Whose copy it is (default: ${DEFAULT-VALUE}).",
                            defaultValue = "recipient@example.org")
                    String recipient,
            @Option(
                            names = "--mail-from",
                            paramLabel = "ADDRESS",
                            description = "The envelope sender; <> for the null sender (default: ${DEFAULT-VALUE}).",
                            defaultValue = "sender@example.org")
                    String sender,
            @Option(
                            names = "--explain",
                            arity = "0..1",
                            paramLabel = "FORM",
                            fallbackValue = "table",
                            defaultValue = "",
                            description = "Says on standard error what was tracked and why not; FORM is table or json.")
                    String explain,
            @Option(
                            names = "--plan",
                            paramLabel = "FILE",
                            defaultValue = "",
                            description = "Writes what unrewrite needs to give the original back.")
                    String plan) {
        return new RewriteCommand(console, settings(config)).rewrite(sender, recipient, explain, plan);
    }

    @Command(
            name = "unrewrite",
            description = "Gives the original of the rewritten message on standard input back, octet for octet.")
    int unrewrite(
            @Option(names = "--plan", required = true, paramLabel = "FILE", description = "What rewrite --plan wrote.")
                    Path plan) {
        return new UnrewriteCommand(console).unrewrite(plan);
    }

    @Command(
            name = "verify",
            description = "Rewrites each file, undoes the edits, and says whether that gives back the file.")
    int verify(
            @Option(names = "--config", paramLabel = "FILE", description = CONFIG, defaultValue = "") String config,
            @Parameters(paramLabel = "FILE", arity = "1..*", description = "Messages, one in each file.")
                    List<Path> files) {
        return new RewriteCommand(console, settings(config)).verify(files);
    }

    @Command(name = "unwrap", description = "Prints where tracked links lead; fails for one that is not ours.")
    int unwrap(
            @Option(names = "--config", paramLabel = "FILE", description = CONFIG, defaultValue = "") String config,
            @Parameters(paramLabel = "URL", arity = "1..*", description = "Tracked links, or their last part.")
                    List<String> urls) {
        return new RewriteCommand(console, settings(config)).unwrap(urls);
    }

    @Command(
            name = "check",
            description = "Looks at the configuration, the disk, the ports and the smarthost, and says what is wrong.")
    int check(@Option(names = "--config", paramLabel = "FILE", description = CONFIG, defaultValue = "") String config) {
        return new CheckCommand(console, settings(config)).check();
    }

    @Command(
            name = "train",
            hidden = true,
            description = "Sends mail to itself in a directory that is thrown away, so that Java (25 or newer, started"
                    + " with -XX:AOTCacheOutput) can keep what it learns; the build runs it.")
    int train() {
        return trainer.train(console);
    }

    @Command(
            name = "key",
            description =
                    "API keys of the running server: create, list, revoke; rotate-signing makes a new signing key.")
    int key(
            @Option(names = "--config", paramLabel = "FILE", description = CONFIG, defaultValue = "") String config,
            @Parameters(index = "0", paramLabel = "ACT", description = "create, list, revoke or rotate-signing.")
                    String act,
            @Parameters(index = "1", arity = "0..1", paramLabel = "ID", defaultValue = "", description = "For revoke.")
                    String id,
            @Option(names = "--name", defaultValue = "", description = "What the key is for.") String name,
            @Option(
                            names = "--scopes",
                            split = ",",
                            defaultValue = "read,write,send",
                            description = "Any of read, write, send, contacts, webhooks, admin"
                                    + " (default: ${DEFAULT-VALUE}).")
                    List<String> scopes,
            @Option(
                            names = "--senders",
                            split = ",",
                            description = "In whose names it may send where smtp.sender-ownership asks:"
                                    + " addresses, and domains written @example.org.")
                    List<String> senders) {
        return new KeyCommand(console, settings(config))
                .run(act, id, new KeyCommand.Wanted(name, scopes, senders == null ? List.of() : senders));
    }

    @Command(
            name = "queue",
            description = "The queue of the running server: list, summary, show, retry, hold, release, drop, bounce;"
                    + " pause and resume of a route.")
    int queue(
            @Option(names = "--config", paramLabel = "FILE", description = CONFIG, defaultValue = "") String config,
            @Parameters(
                            index = "0",
                            paramLabel = "ACT",
                            description = "list, summary, show, retry, hold, release, drop, bounce, pause or resume.")
                    String act,
            @Parameters(
                            index = "1..*",
                            paramLabel = "ID",
                            arity = "0..*",
                            description = "Which mails, else those that match; the route for pause and resume.")
                    List<String> ids,
            @picocli.CommandLine.ArgGroup(exclusive = false) QueueOptions options) {
        return new QueueCommand(console, settings(config), options == null ? new QueueOptions() : options)
                .run(act, ids == null ? List.of() : ids);
    }

    private static final String CONFIG =
            "The configuration file (default: config/signalpost.properties beside the program).";

    private RelaySettings settings(String config) {
        return RelaySettings.load(config, console.home(), console.environment());
    }

    /** The version that stands in the program's own jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = CommandLine.class.getPackage().getImplementationVersion();
            return new String[] {"signalpost " + (version == null ? "(development)" : version)};
        }
    }
}

package org.signalpost.relay.smtp;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.subethamail.smtp.DropConnectionException;
import org.subethamail.smtp.internal.server.Command;
import org.subethamail.smtp.internal.server.HelpMessage;
import org.subethamail.smtp.server.Session;

/** One command of ours in the shell. Safe to share: what it acts on is in the session's {@link Wire}. */
final class Verb implements Command {
    private static final Logger LOG = LoggerFactory.getLogger(Verb.class);

    private final String name;
    private final boolean whole;
    private final Act act;

    /** What a command does; a {@link Refusal} is answered as it says. */
    interface Act {
        void on(Call call) throws IOException, DropConnectionException;
    }

    /** One use of a command: its argument, and the session it is used in. */
    record Call(String argument, Session session, Wire wire) {
        void reply(String text) throws IOException {
            session.sendResponse(text);
        }

        Client client() {
            return wire.client();
        }
    }

    /** Says the last word of a session when it is thrown. */
    static DropConnectionException lastWord(String reply) {
        return new DropConnectionException(Integer.parseInt(reply.substring(0, 3)), reply.substring(4));
    }

    private Verb(String name, boolean whole, Act act) {
        this.name = name;
        this.whole = whole;
        this.act = act;
    }

    /** The command of this name. */
    Verb(String name, Act act) {
        this(name, /* whole= */ true, act);
    }

    /** Whatever begins so. */
    static Verb beginning(String name, Act act) {
        return new Verb(name, /* whole= */ false, act);
    }

    @Override
    public void execute(String line, Session session) throws IOException, DropConnectionException {
        // The shell looks at the first four characters only: MAILX would run MAIL.
        boolean ours = line.regionMatches(/* ignoreCase= */ true, 0, name, 0, name.length())
                && (!whole || line.length() == name.length() || line.charAt(name.length()) == ' ');
        if (!ours || !(session.getSocket() instanceof Wire wire)) {
            session.sendResponse("500 5.5.2 There is no such command");
            return;
        }
        try {
            act.on(new Call(line.substring(name.length()).trim(), session, wire));
        } catch (Refusal refusal) {
            LOG.debug("refused verb={} reply={}", name, refusal.reply());
            session.sendResponse(refusal.reply());
        } catch (RuntimeException | Error e) {
            LOG.error("alarm=smtp verb={}", name, e);
            // Nobody knows what was read and what was not.
            throw new DropConnectionException(421, "4.3.0 Something is broken here");
        }
    }

    @Override
    public HelpMessage getHelp() {
        return new HelpMessage(name, "");
    }

    @Override
    public String getName() {
        return name;
    }
}

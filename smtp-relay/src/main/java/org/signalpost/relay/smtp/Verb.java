package org.signalpost.relay.smtp;

import java.io.IOException;
import org.subethamail.smtp.DropConnectionException;
import org.subethamail.smtp.internal.server.Command;
import org.subethamail.smtp.internal.server.HelpMessage;
import org.subethamail.smtp.server.Session;

/** One command of ours in the shell. Safe to share: what it acts on is in the session's {@link Wire}. */
final class Verb implements Command {
    private final String name;
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
    }

    Verb(String name, Act act) {
        this.name = name;
        this.act = act;
    }

    @Override
    public void execute(String line, Session session) throws IOException, DropConnectionException {
        // The shell looks at the first four characters only: MAILX would run MAIL.
        boolean ours = line.regionMatches(/* ignoreCase= */ true, 0, name, 0, name.length())
                && (line.length() == name.length() || line.charAt(name.length()) == ' ' || name.endsWith(" "));
        if (!ours || !(session.getSocket() instanceof Wire wire)) {
            session.sendResponse("500 5.5.2 There is no such command");
            return;
        }
        try {
            act.on(new Call(line.substring(name.length()).strip(), session, wire));
        } catch (Refusal refusal) {
            session.sendResponse(refusal.reply());
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

package org.signalpost.relay.client;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.URLName;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import org.eclipse.angus.mail.smtp.SMTPTransport;

/**
 * The library's side of the talk with a peer, with our patience and RCPT parameters, and with less trust in what a peer
 * says. For one thread.
 */
final class Dialogue extends SMTPTransport {
    private final PeerSocket socket;
    private final Patience patience;
    private long size;
    private final boolean pipelining;
    private String rcptParameters = "";
    private boolean mailAnswered;
    private boolean unfinished;
    private Tls tls = Tls.UNTRIED;

    /** What the next copy's RCPT says, when it goes out together with its MAIL. */
    private String recipient = "";

    /** Commands that are out already while the library still believes that it has to send them. */
    private final Deque<String> ahead = new ArrayDeque<>();

    private Stuffed content = new Stuffed(OutputStream.nullOutputStream());

    /** What has become of STARTTLS. */
    private enum Tls {
        UNTRIED,
        FAILED,
        SPOKEN
    }

    /** How we talk: the library's settings, our patience, and whether commands may go out together (RFC 2920). */
    record Manner(Session session, Patience patience, boolean pipelining) {}

    Dialogue(Manner manner, URLName url, PeerSocket socket) {
        super(manner.session(), url);
        this.socket = socket;
        this.patience = manner.patience();
        this.pipelining = manner.pipelining();
    }

    /** A copy of so many octets is about to be sent to this recipient, with these parameters behind it. */
    void begin(String to, String parameters, long octets) {
        recipient = to;
        size = octets;
        rcptParameters = parameters;
        mailAnswered = false;
        ahead.clear();
        socket.within(patience.dialogue());
    }

    /** Whether the peer has taken the sender of the last copy: from then on it may have taken the copy. */
    boolean mailAnswered() {
        return mailAnswered;
    }

    boolean triedTls() {
        return tls != Tls.UNTRIED;
    }

    boolean failedTls() {
        return tls == Tls.FAILED;
    }

    /** Whether the peer has asked to be left alone for now. */
    boolean isDismissed() {
        return getLastReturnCode() == 421;
    }

    /** HELO is for those who refuse EHLO, and for nobody who has heard it before STARTTLS (RFC 3207 section 4.2). */
    @Override
    protected boolean ehlo(String domain) throws MessagingException {
        boolean known = super.ehlo(domain);
        if (!known && (tls == Tls.SPOKEN || getLastReturnCode() / 100 != 5)) {
            throw new MessagingException(getLastServerResponse());
        }
        return known;
    }

    @Override
    protected void startTLS() throws MessagingException {
        tls = Tls.FAILED;
        socket.within(patience.connect());
        super.startTLS();
        tls = Tls.SPOKEN;
        socket.within(patience.dialogue());
    }

    @Override
    protected void mailFrom() throws MessagingException {
        if (unfinished) {
            unfinished = false;
            if (simpleCommand("RSET") != 250) {
                throw new MessagingException(getLastServerResponse());
            }
        }
        super.mailFrom();
        mailAnswered = true;
    }

    /**
     * To a peer that takes commands without waiting (RFC 2920) MAIL, RCPT and DATA go out together. The library then
     * gets each reply when it has, as it thinks, sent the command.
     */
    @Override
    protected void sendCommand(String command) throws MessagingException {
        if (!ahead.isEmpty() && !command.equals("QUIT")) {
            if (!ahead.removeFirst().startsWith(command)) {
                throw new MessagingException("something else was sent instead of " + command);
            }
            socket.within(patience.dialogue());
        } else if (pipelining && command.startsWith("MAIL FROM:") && supportsExtension("PIPELINING")) {
            sendTogether(command, "RCPT TO:<" + recipient + ">" + rcptParameters, "DATA");
        } else {
            super.sendCommand(command.startsWith("RCPT TO:") ? command + rcptParameters : command);
        }
    }

    private void sendTogether(String mail, String rcpt, String data) throws MessagingException {
        socket.hold();
        try {
            super.sendCommand(mail);
            super.sendCommand(rcpt);
            super.sendCommand(data);
            ahead.add(rcpt);
            ahead.add(data);
            socket.sendHeld();
        } catch (IOException e) {
            throw new MessagingException("the connection is gone", e);
        }
    }

    /**
     * Hears what the peer says to commands that went out with one it refused; whether the session can go on. It can't
     * when the peer wants a mail that has no recipient.
     */
    synchronized boolean settles() {
        try {
            while (!ahead.isEmpty()) {
                ahead.removeFirst();
                int code = readServerResponse();
                boolean wantsMail = ahead.isEmpty() && code < 400;
                if (wantsMail || code <= 0 || code == 421) {
                    return false;
                }
            }
            return true;
        } catch (MessagingException e) {
            return false;
        }
    }

    /** The library says RSET at once when a copy is not taken; its failure would hide what became of the copy. */
    @Override
    public synchronized void issueCommand(String command, int expected) throws MessagingException {
        if (command.equals("RSET")) {
            unfinished = true;
        } else {
            super.issueCommand(command, expected);
        }
    }

    /** DATA, and where the content goes: past the library's stream, behind everything it has said. */
    @Override
    protected OutputStream data() throws MessagingException {
        super.data();
        if (isSSL() != socket.isSecured()) {
            // Never: a mail would go in clear where TLS was agreed on.
            throw new MessagingException("it is not known how the peer is spoken to");
        }
        socket.allWithin(patience.content(size));
        try {
            content = new Stuffed(socket.spoken());
        } catch (IOException e) {
            throw new MessagingException("the connection is gone", e);
        }
        return content;
    }

    @Override
    protected void finishData() throws IOException, MessagingException {
        content.end();
        socket.inItsOwnTime();
        socket.within(patience.endOfData());
        super.finishData();
    }

    /** The library goes by the first three characters; here every line has to say the same (RFC 5321 section 4.2.1). */
    @Override
    protected int readServerResponse() throws MessagingException {
        int code = super.readServerResponse();
        return code > 0 && !Reply.isWhole(getLastServerResponse()) ? -1 : code;
    }
}

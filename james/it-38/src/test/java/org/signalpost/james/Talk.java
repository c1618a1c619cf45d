package org.signalpost.james;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** SMTP submission and reading by IMAP over plain sockets; one connection each time, one character for each octet. */
final class Talk implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 30_000;

    private final Socket socket;
    private final InputStream in;

    private Talk(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** Signs in and hands over a mail; returns when it is accepted. */
    static void submit(int port, String user, String password, List<String> recipients, String mail)
            throws IOException {
        try (var talk = new Talk(port)) {
            talk.reply("220");
            talk.say("EHLO client.test", "250");
            String credentials = "\0" + user + "\0" + password;
            talk.say(
                    "AUTH PLAIN " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)),
                    "235");
            talk.hand(user, recipients, mail);
        }
    }

    /** Hands a mail over without signing in. */
    static void deliver(int port, String sender, String recipient, String mail) throws IOException {
        try (var talk = new Talk(port)) {
            talk.reply("220");
            talk.say("EHLO client.test", "250");
            talk.hand(sender, List.of(recipient), mail);
        }
    }

    private void hand(String sender, List<String> recipients, String mail) throws IOException {
        say("MAIL FROM:<" + sender + ">", "250");
        for (String recipient : recipients) {
            say("RCPT TO:<" + recipient + ">", "250");
        }
        say("DATA", "354");
        send(mail.replace("\r\n.", "\r\n..").getBytes(StandardCharsets.UTF_8));
        say(".", "250");
        say("QUIT", "221");
    }

    /** All mails of a mailbox. */
    static List<String> inbox(int port, String user, String password) throws IOException {
        try (var talk = new Talk(port)) {
            talk.line();
            talk.command("1", "LOGIN \"" + user + "\" \"" + password + "\"");
            talk.command("2", "SELECT INBOX");
            // There is no range of messages in a mailbox that has none (RFC 3501 section 6.4.8), and James says so.
            List<String> mails = talk.isEmpty ? List.of() : talk.command("3", "FETCH 1:* (BODY.PEEK[])");
            // James may close the connection before its answer to that is out.
            talk.send("4 LOGOUT\r\n".getBytes(StandardCharsets.US_ASCII));
            return mails;
        }
    }

    /** Whether the mailbox that was selected has no messages. */
    private boolean isEmpty;

    /** The literals in the answer. */
    private List<String> command(String tag, String text) throws IOException {
        send((tag + " " + text + "\r\n").getBytes(StandardCharsets.US_ASCII));
        var literals = new ArrayList<String>();
        String line = line();
        for (; !line.startsWith(tag + " "); line = line()) {
            isEmpty |= line.equals("* 0 EXISTS\r\n");
            int brace = line.lastIndexOf('{');
            if (brace >= 0 && line.endsWith("}\r\n")) {
                int length = Integer.parseInt(line.substring(brace + 1, line.length() - 3));
                literals.add(new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
            }
        }
        if (!line.startsWith(tag + " OK")) {
            throw new IOException(text + ": " + line);
        }
        return literals;
    }

    private void send(byte[] octets) throws IOException {
        socket.getOutputStream().write(octets);
        socket.getOutputStream().flush();
    }

    private void say(String line, String wanted) throws IOException {
        send((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        reply(wanted);
    }

    private void reply(String wanted) throws IOException {
        String line = line();
        while (line.length() > 3 && line.charAt(3) == '-') {
            line = line();
        }
        if (!line.startsWith(wanted)) {
            throw new IOException("not " + wanted + ": " + line);
        }
    }

    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int octet = in.read(); octet >= 0; octet = in.read()) {
            line.write(octet);
            if (octet == '\n') {
                return line.toString(StandardCharsets.ISO_8859_1);
            }
        }
        throw new IOException("the connection ended after: " + line.toString(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

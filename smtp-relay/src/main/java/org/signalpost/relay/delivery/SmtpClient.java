package org.signalpost.relay.delivery;

import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.URLName;
import jakarta.mail.internet.InternetAddress;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.eclipse.angus.mail.smtp.SMTPMessage;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.signalpost.rewrite.RawMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One SMTP session with a next hop: the library's dialogue around octets that it never looks into. One thread. */
final class SmtpClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SmtpClient.class);
    private static final Duration DIALOGUE = Duration.ofMinutes(5);
    /** RFC 5321 section 4.5.3.2.6; giving up earlier makes duplicates. */
    private static final Duration END_OF_DATA = Duration.ofMinutes(10);

    private final Session session;
    private final PeerSocket socket;
    private final Transport transport;
    private int sent;
    private long restingSince;

    private SmtpClient(Session session, PeerSocket socket) {
        this.session = session;
        this.socket = socket;
        this.transport = new Transport(session, socket);
    }

    /** Says EHLO on a connected socket. */
    static SmtpClient greet(Session session, PeerSocket socket) throws MessagingException {
        var client = new SmtpClient(session, socket);
        socket.within(DIALOGUE);
        client.transport.connect(socket);
        return client;
    }

    /** The library's transport, with a long patience for the answer to a whole mail. */
    private static final class Transport extends SMTPTransport {
        private final PeerSocket socket;
        private boolean mailAnswered;

        private Transport(Session session, PeerSocket socket) {
            super(
                    session,
                    new URLName("smtp", socket.getInetAddress().getHostAddress(), socket.getPort(), null, null, null));
            this.socket = socket;
        }

        @Override
        protected void mailFrom() throws MessagingException {
            super.mailFrom();
            mailAnswered = true;
        }

        @Override
        protected void finishData() throws IOException, MessagingException {
            socket.within(END_OF_DATA);
            super.finishData();
        }
    }

    /** A message that is written exactly as it is. */
    private static final class Raw extends SMTPMessage {
        private final RawMessage message;

        private Raw(Session session, RawMessage message) {
            super(session);
            this.message = message;
            this.saved = true;
        }

        @Override
        public void saveChanges() {
            // Nothing is to be changed.
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            message.writeTo(out);
        }

        @Override
        public void writeTo(OutputStream out, String[] ignored) throws IOException {
            message.writeTo(out);
        }
    }

    /** Passes the copy on; returns the peer's last reply. */
    String send(Outgoing copy) throws MessagingException {
        sent++;
        socket.within(DIALOGUE);
        transport.mailAnswered = false;
        var message = new Raw(session, copy.message());
        // Without the brackets the library would invent a sender for the null sender.
        message.setEnvelopeFrom(copy.sender().isEmpty() ? "<>" : copy.sender());
        message.setSendPartial(/* partial= */ true);
        extension(copy.message()).ifPresent(message::setMailExtension);
        var recipient = new InternetAddress();
        recipient.setAddress(copy.recipient());
        transport.sendMessage(message, new Address[] {recipient});
        return transport.getLastServerResponse();
    }

    private Optional<String> extension(RawMessage message) {
        String size = transport.supportsExtension("SIZE") ? "SIZE=" + message.size() : "";
        boolean eightBit = transport.supportsExtension("8BITMIME") && hasHighOctets(message.octets());
        String all = String.join(" ", size, eightBit ? "BODY=8BITMIME" : "").strip();
        return all.isEmpty() ? Optional.empty() : Optional.of(all);
    }

    private static boolean hasHighOctets(byte[] octets) {
        for (byte octet : octets) {
            if (octet < 0) {
                return true;
            }
        }
        return false;
    }

    /** Whether the peer has taken the sender of the last copy: from then on it may have taken the copy. */
    boolean mailAnswered() {
        return transport.mailAnswered;
    }

    /** The largest mail the peer says it takes, in octets; empty when it does not say. */
    OptionalLong limit() {
        String size = transport.supportsExtension("SIZE") ? transport.getExtensionParameter("SIZE") : "";
        return size != null && size.matches("[1-9][0-9]{0,17}")
                ? OptionalLong.of(Long.parseLong(size))
                : OptionalLong.empty();
    }

    /** How many copies went through it. */
    int sent() {
        return sent;
    }

    /** Kept for the next copy. */
    void rest() {
        restingSince = System.nanoTime();
        socket.atRest();
    }

    Duration resting() {
        return Duration.ofNanos(System.nanoTime() - restingSince);
    }

    /** Closes the socket under whoever waits for it; from any thread. */
    void cut() {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("closing a connection: {}", e.toString());
        }
    }

    /** Says QUIT without waiting for an answer, and closes. */
    @Override
    public void close() {
        try {
            socket.within(Duration.ofSeconds(5));
            transport.close();
        } catch (MessagingException gone) {
            cut();
        }
    }
}

package org.signalpost.relay.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/** A name server on loopback, over UDP and TCP, that knows a few records and misbehaves for some names. */
public final class FakeNameServer implements AutoCloseable {
    /** What happens to questions about a name. */
    public enum Behaviour {
        SERVFAIL,
        REFUSED,
        SILENT,
        GARBAGE,
        CUT_OFF,
        OTHER_ID,
        OTHER_QUESTION,
        /** The answer comes over TCP only. */
        TRUNCATED
    }

    final List<String> questions = new CopyOnWriteArrayList<>();

    private final Map<Name, Behaviour> behaviours = new HashMap<>();
    private final List<Record> zone = new ArrayList<>();
    private final ServerSocket tcp;
    private final DatagramSocket udp;

    private FakeNameServer(ServerSocket tcp, DatagramSocket udp) {
        this.tcp = tcp;
        this.udp = udp;
    }

    /** On a port that is free for both. */
    public static FakeNameServer start() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        for (int attempt = 0; attempt < 20; attempt++) {
            var tcp = new ServerSocket(0, 50, loopback);
            try {
                var server = new FakeNameServer(tcp, new DatagramSocket(tcp.getLocalPort(), loopback));
                Thread.ofVirtual().start(server::datagrams);
                Thread.ofVirtual().start(server::connections);
                return server;
            } catch (BindException taken) {
                tcp.close();
            }
        }
        throw new IOException("no port is free for UDP and TCP");
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(tcp.getInetAddress(), tcp.getLocalPort());
    }

    private static Name name(String text) throws TextParseException {
        return Name.fromString(text, Name.root);
    }

    /** A record as a zone file has it: {@code knows("a.example", "MX", "10 mx.a.example.")}. */
    public FakeNameServer knows(String name, String type, String data) throws IOException {
        zone.add(Record.fromString(name(name), Type.value(type), DClass.IN, 60, data, Name.root));
        return this;
    }

    public FakeNameServer behaves(String name, Behaviour behaviour) throws IOException {
        behaviours.put(name(name), behaviour);
        return this;
    }

    private void datagrams() {
        try {
            while (true) {
                var packet = new DatagramPacket(new byte[4096], 4096);
                udp.receive(packet);
                var query = new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
                Name name = query.getQuestion().getName();
                questions.add(
                        Type.string(query.getQuestion().getType()) + " " + name.toString(/* omitFinalDot= */ true));
                byte[] answer = misbehave(query, behaviours.get(name));
                if (answer.length > 0) {
                    udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            }
        } catch (IOException closed) {
            questions.add("closed");
        }
    }

    private byte[] misbehave(Message query, @org.jspecify.annotations.Nullable Behaviour behaviour) throws IOException {
        Message answer = answer(query);
        return switch (behaviour) {
            case null -> answer.toWire();
            case SILENT -> new byte[0];
            case GARBAGE -> "what is that?".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            case CUT_OFF -> {
                byte[] whole = answer.toWire();
                yield Arrays.copyOf(whole, whole.length - 3);
            }
            case SERVFAIL, REFUSED -> {
                answer.removeAllRecords(Section.ANSWER);
                answer.getHeader().setRcode(behaviour == Behaviour.SERVFAIL ? Rcode.SERVFAIL : Rcode.REFUSED);
                yield answer.toWire();
            }
            case OTHER_ID -> {
                answer.getHeader().setID(query.getHeader().getID() ^ 1);
                yield answer.toWire();
            }
            case OTHER_QUESTION -> {
                answer.removeAllRecords(Section.QUESTION);
                answer.addRecord(Record.newRecord(name("other.example"), Type.MX, DClass.IN), Section.QUESTION);
                yield answer.toWire();
            }
            case TRUNCATED -> {
                answer.removeAllRecords(Section.ANSWER);
                answer.getHeader().setFlag(Flags.TC);
                yield answer.toWire();
            }
        };
    }

    private Message answer(Message query) {
        Record question = query.getQuestion();
        var answer = new Message(query.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setFlag(Flags.RA);
        answer.addRecord(question, Section.QUESTION);
        boolean known = false;
        for (Record one : zone) {
            if (one.getName().equals(question.getName())) {
                known = true;
                if (one.getType() == question.getType() || one.getType() == Type.CNAME) {
                    answer.addRecord(one, Section.ANSWER);
                }
            }
        }
        if (!known) {
            answer.getHeader().setRcode(Rcode.NXDOMAIN);
        }
        return answer;
    }

    private void connections() {
        while (!tcp.isClosed()) {
            try (Socket socket = tcp.accept()) {
                var in = new DataInputStream(socket.getInputStream());
                var query = new Message(in.readNBytes(in.readUnsignedShort()));
                questions.add("TCP");
                byte[] answer = answer(query).toWire();
                var out = new DataOutputStream(socket.getOutputStream());
                out.writeShort(answer.length);
                out.write(answer);
            } catch (IOException gone) {
                questions.add("gone");
            }
        }
    }

    @Override
    public void close() throws IOException {
        udp.close();
        tcp.close();
    }
}

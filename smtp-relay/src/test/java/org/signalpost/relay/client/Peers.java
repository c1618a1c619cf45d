package org.signalpost.relay.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.signalpost.relay.delivery.Consignment;
import org.signalpost.relay.delivery.Copies;
import org.signalpost.relay.delivery.Outcome;
import org.signalpost.relay.spool.TestSpool;
import org.signalpost.relay.tls.Authority;
import org.signalpost.relay.tls.PeerTrust;
import org.signalpost.relay.tls.ServerCertificate;
import org.signalpost.track.MessageId;

/** What tests of couriers share: pools, a small copy, certificates, and one word for each outcome. */
final class Peers {
    /** The name that certificates are for. */
    static final String NAME = "peer.example.org";

    static final Hop.Login LOGIN = new Hop.Login("relay", "secret");

    private Peers() {}

    /** For a peer that is going to answer; long enough for a machine with much to do. */
    static final Patience PATIENT =
            new Patience(Duration.ofSeconds(20), Duration.ofSeconds(20), 500, Duration.ofSeconds(20));

    /** For a peer that is not going to answer. */
    static final Patience IMPATIENT =
            new Patience(Duration.ofMillis(500), Duration.ofMillis(500), 500, Duration.ofMillis(500));

    static SmtpPool pool(Trust trust, Patience patience, int copies) {
        return new SmtpPool(
                "relay.example.org",
                trust,
                new SmtpPool.Reuse(Duration.ofSeconds(5), copies, /* pipelining= */ true),
                patience);
    }

    /** Who believes nobody, for peers without TLS. */
    static Trust nobody() {
        return new Trust(PeerTrust.required(), PeerTrust.opportunistic());
    }

    static Trust trust(Authority authority) {
        return new Trust(PeerTrust.required(authority.certificate()), PeerTrust.opportunistic());
    }

    static SSLContext certificate(Authority authority, String name, int days) throws IOException {
        Authority.Issued issued = authority.issue(name, days);
        return ServerCertificate.open(issued.certificate(), issued.key(), InstantSource.system())
                .context();
    }

    static Authority authority(Path directory) throws IOException {
        return Authority.in(directory);
    }

    static Hop hop(ScriptedPeer peer, Hop.Tls tls, Optional<Hop.Login> login) {
        return new Hop(NAME, peer.port(), tls, login);
    }

    static Consignment copy() {
        return copy("Subject: x\r\n\r\ny\r\n");
    }

    static Consignment copy(String mail) {
        return Copies.of(new MessageId(1, 2), "shop@example.org", "ann@example.com", TestSpool.mail(mail));
    }

    /** One attempt at the loopback address, whatever the hop is called. */
    static Outcome send(SmtpPool pool, Hop hop, Consignment copy) {
        try {
            return pool.send(hop, InetAddress.getLoopbackAddress(), copy);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String word(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Delivered delivered -> "DELIVERED";
            case Outcome.Refused refused -> "REFUSED";
            case Outcome.Captured captured -> "CAPTURED";
            case Outcome.Broken broken -> "BROKEN";
            case Outcome.Deferred deferred -> deferred.fault().name();
        };
    }
}

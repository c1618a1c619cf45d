package org.signalpost.relay;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.signalpost.process.DataDirectory;
import org.signalpost.relay.bounce.NoticeLoop;
import org.signalpost.relay.bounce.NoticeMaker;
import org.signalpost.relay.client.DirectMx;
import org.signalpost.relay.client.Patience;
import org.signalpost.relay.client.RouteTable;
import org.signalpost.relay.client.SmartHost;
import org.signalpost.relay.client.SmtpPool;
import org.signalpost.relay.client.Trust;
import org.signalpost.relay.delivery.Capture;
import org.signalpost.relay.delivery.Couriers;
import org.signalpost.relay.delivery.DeliveryFigures;
import org.signalpost.relay.delivery.DeliveryLoop;
import org.signalpost.relay.delivery.Dispatch;
import org.signalpost.relay.delivery.Overdue;
import org.signalpost.relay.delivery.Plans;
import org.signalpost.relay.delivery.Routes;
import org.signalpost.relay.delivery.Trace;
import org.signalpost.relay.delivery.Verdicts;
import org.signalpost.relay.dkim.DkimKeys;
import org.signalpost.relay.dkim.DkimPolicy;
import org.signalpost.relay.dns.Identity;
import org.signalpost.relay.dns.MxLookup;
import org.signalpost.relay.spool.Spool;
import org.signalpost.relay.tls.PeerTrust;
import org.signalpost.rewrite.MessageRewriter;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.track.TrackingQuota;

/** How delivering is put together: who carries what where, and the loop that has it carried. */
final class DeliverySide implements AutoCloseable {
    /** What a route is called whose mail goes nowhere. */
    static final String OUTBOX = "outbox";

    /** To a server that does not know us yet. */
    private static final int FIRST_DIRECT = 2;

    private static final Duration DNS_PATIENCE = Duration.ofSeconds(5);

    private final RelaySettings settings;
    private final DataDirectory data;
    private final InstantSource clock;
    private final SmtpPool pool;
    private final DeliveryFigures figures;
    private final Couriers couriers;
    private final DkimPolicy dkim;
    private final Routes routes;

    DeliverySide(
            RelaySettings settings, DataDirectory data, Capture outbox, MeterRegistry registry, InstantSource clock) {
        this.figures = new DeliveryFigures(registry);
        this.settings = settings;
        this.data = data;
        this.clock = clock;
        DeliverySettings delivery = settings.delivery();
        this.pool = new SmtpPool(settings.hostname(), trust(delivery), delivery.reuse(), Patience.USUAL);
        this.couriers = couriers(delivery, outbox);
        this.dkim =
                new DkimPolicy(delivery.dkimKeys().map(DkimKeys::read).orElseGet(DkimKeys::none), delivery.resign());
        this.routes = new Routes(
                clock,
                new Routes.Limits(
                        delivery.mode() == DeliveryKeys.Mode.DIRECT ? FIRST_DIRECT : delivery.connections(),
                        delivery.connections()),
                data.resolve("routes.paused"));
    }

    private static Trust trust(DeliverySettings delivery) {
        return new Trust(
                delivery.issuers().map(PeerTrust::required).orElseGet(PeerTrust::required), PeerTrust.opportunistic());
    }

    private RouteTable couriers(DeliverySettings delivery, Capture outbox) {
        RouteTable table = switch (delivery.mode()) {
            case CAPTURE -> RouteTable.one(OUTBOX, outbox);
            case SMARTHOST ->
                delivery.smarthost()
                        .map(hop -> RouteTable.one(hop.toString(), new SmartHost(hop, pool)))
                        .orElseThrow();
            case DIRECT -> RouteTable.domains(new DirectMx(lookup(delivery), pool, delivery.directPort()));
        };
        return table.except(delivery.exceptions(), pool);
    }

    private MxLookup lookup(DeliverySettings delivery) {
        var us = new Identity(Set.of(settings.hostname(), "localhost"), address -> reachesUs(delivery, address));
        return new MxLookup(delivery.dnsServer().map(List::of).orElse(List.of()), DNS_PATIENCE, us, new SecureRandom());
    }

    /** Whether mail to the address, at the port that mail is delivered to, would come back. */
    private boolean reachesUs(DeliverySettings delivery, InetAddress address) {
        boolean port = settings.smtpListen().stream().anyMatch(ours -> ours.getPort() == delivery.directPort());
        try {
            return port && (address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null);
        } catch (SocketException e) {
            return false;
        }
    }

    Couriers couriers() {
        return couriers;
    }

    Routes routes() {
        return routes;
    }

    /** Whether mail goes out, instead of into the outbox. */
    boolean passesOn() {
        return settings.delivery().mode() != DeliveryKeys.Mode.CAPTURE;
    }

    /** What tells senders of what became of their mail, not started yet. */
    NoticeLoop notices(Spool spool) {
        var maker =
                new NoticeMaker(spool, settings.hostname(), settings.delivery().giveUpAfter(), clock);
        return new NoticeLoop(spool, maker, kind -> figures.notice(kind.name().toLowerCase(Locale.ROOT)), clock);
    }

    /** How each mail is tracked. */
    Plans plans(MessageRewriter rewriter) {
        var failures = new Failures(data.resolve("failures"), settings.values().value(RelayKeys.KEEP_FAILURES));
        return new Plans(rewriter, dkim::beforeRewriting, failures);
    }

    /** What follows from an attempt. */
    Verdicts verdicts(SecureRandom random) {
        return new Verdicts(
                settings.delivery().retry(random::nextDouble),
                settings.delivery().delayNotice(),
                figures,
                clock);
    }

    /** What looks after mail that suspended routes keep waiting, not started yet. */
    Overdue overdue(Spool spool, Verdicts verdicts) {
        return new Overdue(spool, routes, verdicts);
    }

    /** The loop, not started yet. */
    DeliveryLoop loop(Spool spool, Plans plans, TrackingQuota quota, Verdicts verdicts, SecureRandom random) {
        return new DeliveryLoop(
                spool, new Dispatch(plans, couriers, trace(random), quota, this::signed), verdicts, routes);
    }

    private RawMessage signed(RawMessage copy) {
        RawMessage signed = dkim.sign(copy);
        if (signed.size() != copy.size()) {
            figures.signed();
        }
        return signed;
    }

    private Trace trace(SecureRandom random) {
        return new Trace(settings.hostname(), data.instance(random), settings.showsClient());
    }

    @Override
    public void close() {
        pool.close();
    }
}

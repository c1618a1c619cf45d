package org.signalpost.http.api;

import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.signalpost.event.Event;
import org.signalpost.event.EventLog;
import org.signalpost.http.Exchange;
import org.signalpost.http.Json;
import org.signalpost.http.Problem;
import org.signalpost.http.Reply;
import org.signalpost.http.Route;
import org.signalpost.http.Scope;
import org.signalpost.journal.JournalException;
import org.signalpost.journal.Position;
import org.signalpost.store.Hit;
import org.signalpost.store.Projector;
import org.signalpost.store.Track;
import org.signalpost.store.TrackQuery;
import org.signalpost.store.TrackStore;
import org.signalpost.track.NewTrack;
import org.signalpost.track.TrackId;
import org.signalpost.track.TrackingUrls;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /tracks}: make one, list them, look at one. Safe to share. */
public final class TrackCalls {
    private static final Logger LOG = LoggerFactory.getLogger(TrackCalls.class);
    private static final int MOST_HITS = 100;
    private static final Duration OWN_WRITE = Duration.ofSeconds(2);

    private final TrackStore store;
    private final EventLog log;
    private final Projector projector;
    private final TrackingUrls urls;
    private final InstantSource clock;
    private final SecureRandom random;

    /** Makes tracks through the log and reads them from the store. */
    public TrackCalls(
            TrackStore store,
            EventLog log,
            Projector projector,
            TrackingUrls urls,
            InstantSource clock,
            SecureRandom random) {
        this.store = store;
        this.log = log;
        this.projector = projector;
        this.urls = urls;
        this.clock = clock;
        this.random = random;
    }

    /** The routes, below the API's beginning. */
    public List<Route> routes(Access access) {
        return List.of(
                new Route("POST", "/tracks", access.needs(Scope.WRITE, this::create)),
                new Route("GET", "/tracks", access.needs(Scope.READ, this::list)),
                new Route("GET", "/tracks/{id}", access.needs(Scope.READ, this::detail)));
    }

    private Reply create(Exchange exchange) {
        Input input = Input.of(exchange);
        String given = input.text("recipient", 254);
        Optional<String> recipient = EmailAddress.parse(given);
        if (recipient.isEmpty()) {
            input.wrong("recipient", given.isEmpty() ? "it is wanted" : "one e-mail address is wanted");
        }
        String subject = input.text("subject", 1_000);
        String campaign = input.text("campaign", 256);
        String message = input.text("messageId", 512);
        String metadata = input.object("metadata", 16_384);
        input.check();
        var octets = new byte[16];
        random.nextBytes(octets);
        var made = new NewTrack(
                TrackId.of(octets),
                recipient.orElse(""),
                subject,
                campaign,
                message,
                metadata,
                clock.instant().truncatedTo(ChronoUnit.MILLIS));
        try {
            Position at = log.keep(new Event.Made(made));
            // Read your own write; the track is kept whether or not the books are quick enough.
            boolean booked = projector.awaitEvent(at, OWN_WRITE);
            LOG.debug("made {} booked={}", made.id(), booked);
            return Reply.json(201, detail(Track.fresh(made)).putNull("unsubscribedAt"))
                    .with("Location", location(made.id()));
        } catch (JournalException e) {
            throw Problem.of(503, "not_kept", "The track could not be kept just now; try again.")
                    .with("Retry-After", "1")
                    .causedBy(e);
        }
    }

    private static String location(TrackId id) {
        return "/api/v1/tracks/" + id;
    }

    private Reply list(Exchange exchange) {
        var query = new TrackQuery(
                exchange.query("campaign"),
                exchange.query("recipient").map(text -> EmailAddress.parse(text).orElse(text)),
                exchange.query("messageId"),
                exchange.query("status"),
                flag(exchange, "opened"),
                flag(exchange, "clicked"),
                exchange.query("from").map(text -> time("from", text, /* endOfDay= */ false)),
                exchange.query("to").map(text -> time("to", text, /* endOfDay= */ true)));
        if (query.from().isPresent()
                && query.until().isPresent()
                && query.from().get().isAfter(query.until().get())) {
            throw Problem.invalid("from", "it is after to");
        }
        Page page = Page.of(exchange, query.toString());
        List<Track> found = store.page(query, page.behind().map(TrackCalls::place), page.read());
        return page.reply(
                found,
                this::summary,
                track -> track.made().createdAt().toEpochMilli() + " "
                        + track.made().id());
    }

    private static TrackStore.Place place(String cursor) {
        int blank = cursor.indexOf(' ');
        String millis = cursor.substring(0, Math.max(blank, 0));
        Optional<TrackId> id = TrackId.parse(cursor.substring(blank + 1));
        if (!millis.matches("[0-9]{1,15}") || id.isEmpty()) {
            throw Page.badCursor();
        }
        return new TrackStore.Place(Instant.ofEpochMilli(Long.parseLong(millis)), id.get());
    }

    private static Optional<Boolean> flag(Exchange exchange, String name) {
        return exchange.query(name).map(text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw Problem.invalid(name, "true or false is wanted");
        });
    }

    /** A time with any offset, or a date; a date as the end includes its day. */
    private static Instant time(String name, String text, boolean endOfDay) {
        try {
            if (text.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}")) {
                LocalDate date = LocalDate.parse(text).plusDays(endOfDay ? 1 : 0);
                return date.atStartOfDay(ZoneOffset.UTC).toInstant();
            }
            return OffsetDateTime.parse(text.replace(' ', '+')).toInstant();
        } catch (DateTimeException e) {
            throw Problem.invalid(name, "a time such as 2026-01-31T12:00:00Z or a date is wanted")
                    .causedBy(e);
        }
    }

    private Reply detail(Exchange exchange) {
        Track track =
                TrackId.parse(exchange.parameter("id")).flatMap(store::find).orElseThrow(Problem::notFound);
        ObjectNode body = detail(track);
        Json.put(body, "unsubscribedAt", store.unsubscribedAt(track.made().id()));
        return Reply.json(200, body);
    }

    private ObjectNode detail(Track track) {
        ObjectNode body = summary(track);
        ArrayNode opens = body.putArray("opens");
        ArrayNode clicks = body.putArray("clicks");
        if (track.opens() > 0) {
            store.opens(track.made().id(), MOST_HITS).forEach(hit -> hit(opens.addObject(), hit));
        }
        if (track.clicks() > 0) {
            for (Hit hit : store.clicks(track.made().id(), MOST_HITS)) {
                ObjectNode click = clicks.addObject();
                hit(click, hit);
                Json.put(click, "browser", hit.browser());
                click.put("url", hit.url()).put("linkId", hit.link());
            }
        }
        return body;
    }

    private static void hit(ObjectNode json, Hit hit) {
        json.put("timestamp", Json.time(hit.at()));
        Json.put(json, "emailClient", hit.emailClient());
        Json.put(json, "device", hit.device());
        json.putObject("location").putNull("city").putNull("country");
        json.put("kind", hit.kind());
        Json.put(json, "reason", hit.reason());
    }

    /** A track without its opens and clicks. */
    ObjectNode summary(Track track) {
        NewTrack made = track.made();
        ObjectNode body = Json.object().put("id", made.id().toString()).put("recipient", made.recipient());
        Json.put(body, "subject", made.subject());
        Json.put(body, "campaign", made.campaign());
        Json.put(body, "messageId", made.message());
        body.put("pixelUrl", urls.pixel(made.id()))
                .put("createdAt", Json.time(made.createdAt()))
                .put("status", track.status())
                .put("openCount", track.opens())
                .put("uniqueOpens", Math.min(track.opens(), 1))
                .put("clickCount", track.clicks())
                .put("machineOpenCount", track.machineOpens())
                .put("botClickCount", track.botClicks());
        Json.put(body, "firstOpenAt", track.firstOpenAt());
        Json.put(body, "lastOpenAt", track.lastOpenAt());
        body.put("state", track.opens() > 0 ? "opened" : track.machineOpens() > 0 ? "unverifiable" : "not_opened");
        Json.readOwn(made.metadata())
                .ifPresentOrElse(json -> body.set("metadata", json), () -> body.putNull("metadata"));
        return body;
    }
}

package org.signalpost.http.api;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.signalpost.http.Exchange;
import org.signalpost.http.Json;
import org.signalpost.http.Reply;
import org.signalpost.http.Route;
import org.signalpost.http.Scope;
import org.signalpost.store.CreditedBy;
import org.signalpost.store.Reports;
import org.signalpost.store.Sums;
import org.signalpost.store.Takings;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /analytics}: what became of the tracks that were made in a span of time. A timeline shows each day's tracks
 * with all that happened to them since, so that it adds up to the totals. Safe to share.
 */
final class AnalyticsCalls {
    private final Reports reports;
    private final InstantSource clock;

    AnalyticsCalls(Reports reports, InstantSource clock) {
        this.reports = reports;
        this.clock = clock;
    }

    /** The routes, below the API's beginning. */
    List<Route> routes(Access access) {
        return List.of(
                new Route("GET", "/analytics", access.granted(Scope.READ, this::summary)),
                new Route("GET", "/analytics/campaigns", access.granted(Scope.READ, this::campaigns)),
                new Route("GET", "/analytics/links", access.granted(Scope.READ, this::links)),
                new Route("GET", "/analytics/locations", access.granted(Scope.READ, this::locations)),
                new Route("GET", "/analytics/export.csv", access.granted(Scope.READ, this::export)));
    }

    private Asked asked(Exchange exchange, Caller caller) {
        return Asked.of(exchange, caller, clock);
    }

    private Map<LocalDate, Sums> timeline(Asked asked, Period.Step step) {
        var steps = asked.steps(step, Sums.NONE);
        for (Reports.Moment moment :
                reports.moments(asked.cohort(), asked.period().isUtc())) {
            steps.merge(asked.start(step, moment.slot()), asked.seen(moment.sums()), Sums::plus);
        }
        return steps;
    }

    private Reply summary(Exchange exchange, Caller caller) {
        Period.Step step = Period.Step.of(exchange);
        Asked asked = asked(exchange, caller);
        Map<LocalDate, Sums> timeline = timeline(asked, step);
        Sums total = timeline.values().stream().reduce(Sums.NONE, Sums::plus);
        ObjectNode body = Json.object().put("period", asked.period().word());
        body.put("from", Json.time(asked.period().from()))
                .put("to", Json.time(asked.period().to()));
        ObjectNode summary = body.putObject("summary");
        total(summary, total);
        // Nothing takes events yet.
        summary.put("events", 0);
        Money.put(summary, sold(asked));
        List<Reports.Agent> agents = reports.agents(asked.cohort());
        ToLongFunction<Reports.Agent> opens = agent -> agent.opens() + (asked.machines() ? agent.machineOpens() : 0);
        shares(body.putObject("emailClients"), agents, Reports.Agent::emailClient, opens);
        shares(body.putObject("devices"), agents, Reports.Agent::device, opens);
        ArrayNode line = body.putArray("timeline");
        timeline.forEach((day, sums) -> line.addObject()
                .put("date", day.toString())
                .put("opens", sums.opens())
                .put("tracks", sums.tracks())
                .put("clicks", sums.clicks())
                .put("machineOpens", sums.machineOpens()));
        return Reply.json(200, body);
    }

    /** What was bought because of these tracks. */
    private Takings sold(Asked asked) {
        return reports.sales(asked.cohort(), asked.period().isUtc()).stream()
                .filter(sale -> sale.by() != CreditedBy.NONE)
                .map(Reports.Sale::takings)
                .reduce(Takings.NONE, Takings::plus);
    }

    private static void total(ObjectNode json, Sums sums) {
        counts(json, sums);
        json.put("unverifiableTracks", sums.machineOnly())
                .put("delivered", sums.delivered())
                .put("bounced", sums.bounced());
    }

    private static void counts(ObjectNode json, Sums sums) {
        json.put("totalTracks", sums.tracks())
                .put("totalOpens", sums.opens())
                .put("uniqueOpens", sums.uniqueOpens())
                .put("openRate", percent(sums.uniqueOpens(), sums.tracks()))
                .put("totalClicks", sums.clicks())
                .put("clickRate", percent(sums.clicks(), sums.tracks()))
                .put("uniqueClicks", sums.uniqueClicks())
                .put("clickToOpenRate", percent(sums.uniqueClicks(), sums.uniqueOpens()))
                .put("machineOpens", sums.machineOpens())
                .put("botClicks", sums.botClicks());
    }

    /** Percent with one decimal, rounded half up; 0 of nothing. */
    static double percent(long part, long whole) {
        return whole == 0 ? 0.0 : Math.floorDiv(part * 2_000 + whole, whole * 2) / 10.0;
    }

    /** Opens by a name, most first. */
    private static void shares(
            ObjectNode json,
            List<Reports.Agent> agents,
            Function<Reports.Agent, String> name,
            ToLongFunction<Reports.Agent> opens) {
        var shares = new TreeMap<String, Long>();
        agents.forEach(agent -> shares.merge(name.apply(agent), opens.applyAsLong(agent), Long::sum));
        shares.entrySet().stream()
                .filter(share -> share.getValue() != 0)
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .forEach(share -> json.put(share.getKey(), share.getValue()));
    }

    private Reply campaigns(Exchange exchange, Caller caller) {
        Asked asked = asked(exchange, caller);
        List<Reports.Campaign> all = reports.campaigns(asked.cohort()).stream()
                .filter(campaign -> asked.cohort().campaign().isEmpty()
                        || asked.cohort().campaign().get().equals(campaign.name()))
                .map(campaign -> new Reports.Campaign(campaign.name(), asked.seen(campaign.sums())))
                .filter(campaign -> campaign.sums().tracks() > 0)
                .toList();
        return ranked(exchange, asked, all, campaign -> campaign.sums().tracks(), Reports.Campaign::name, campaign -> {
            ObjectNode json = Json.object();
            Json.put(json, "campaign", campaign.name());
            counts(json, campaign.sums());
            return json;
        });
    }

    private Reply links(Exchange exchange, Caller caller) {
        Asked asked = asked(exchange, caller);
        ToLongFunction<Reports.Link> clicks = link -> link.clicks() + (asked.machines() ? link.botClicks() : 0);
        List<Reports.Link> all = reports.links(asked.cohort()).stream()
                .filter(link -> link.clicks() + link.botClicks() > 0)
                .toList();
        return ranked(
                exchange,
                asked,
                all,
                clicks,
                Reports.Link::url,
                link -> Json.object()
                        .put("url", link.url())
                        .put("clicks", clicks.applyAsLong(link))
                        .put("uniqueClicks", link.uniqueClicks())
                        .put("botClicks", link.botClicks()));
    }

    private Reply locations(Exchange exchange, Caller caller) {
        Asked asked = asked(exchange, caller);
        ToLongFunction<Reports.Place> opens = place -> place.opens() + (asked.machines() ? place.machineOpens() : 0);
        ToLongFunction<Reports.Place> clicks = place -> place.clicks() + (asked.machines() ? place.botClicks() : 0);
        List<Reports.Place> all = reports.places(asked.cohort()).stream()
                .filter(place -> opens.applyAsLong(place) + clicks.applyAsLong(place) > 0)
                .toList();
        return ranked(exchange, asked, all, opens, place -> place.country() + "\0" + place.city(), place -> {
            ObjectNode json = Json.object();
            Json.put(json, "country", place.country().equals("Unknown") ? "" : place.country());
            Json.put(json, "city", place.city());
            return json.put("opens", opens.applyAsLong(place)).put("clicks", clicks.applyAsLong(place));
        });
    }

    /** A list with the most first; a page begins behind a rank and a name. */
    private static <T> Reply ranked(
            Exchange exchange,
            Asked asked,
            List<T> all,
            ToLongFunction<T> rank,
            Function<T, String> name,
            Function<T, ObjectNode> json) {
        Page page = Page.of(exchange, exchange.path() + " " + asked.name());
        Optional<Place> behind = page.behind().map(Place::of);
        Comparator<Place> order =
                Comparator.comparingLong(Place::rank).reversed().thenComparing(Place::name);
        List<T> found = all.stream()
                .filter(one -> behind.isEmpty()
                        || order.compare(behind.get(), new Place(rank.applyAsLong(one), name.apply(one))) < 0)
                .sorted(Comparator.comparing(one -> new Place(rank.applyAsLong(one), name.apply(one)), order))
                .limit(page.read())
                .toList();
        return page.reply(found, json, one -> rank.applyAsLong(one) + " " + name.apply(one));
    }

    private record Place(long rank, String name) {
        static Place of(String cursor) {
            int blank = cursor.indexOf(' ');
            if (blank < 1 || !cursor.substring(0, blank).matches("[0-9]{1,18}")) {
                throw Page.badCursor();
            }
            return new Place(Long.parseLong(cursor.substring(0, blank)), cursor.substring(blank + 1));
        }
    }

    /** The timeline as a table (RFC 4180). */
    private Reply export(Exchange exchange, Caller caller) {
        Period.Step step = Period.Step.of(exchange);
        Asked asked = asked(exchange, caller);
        var table =
                new StringBuilder("date,tracks,opens,uniqueOpens,openRate,clicks,uniqueClicks,clickRate,machineOpens,"
                        + "botClicks,delivered,bounced\r\n");
        timeline(asked, step)
                .forEach((day, sums) -> table.append(String.join(
                                ",",
                                day.toString(),
                                Long.toString(sums.tracks()),
                                Long.toString(sums.opens()),
                                Long.toString(sums.uniqueOpens()),
                                Double.toString(percent(sums.uniqueOpens(), sums.tracks())),
                                Long.toString(sums.clicks()),
                                Long.toString(sums.uniqueClicks()),
                                Double.toString(percent(sums.clicks(), sums.tracks())),
                                Long.toString(sums.machineOpens()),
                                Long.toString(sums.botClicks()),
                                Long.toString(sums.delivered()),
                                Long.toString(sums.bounced())))
                        .append("\r\n"));
        return Reply.of(200, "text/csv; charset=utf-8", table.toString().getBytes(StandardCharsets.UTF_8))
                .with("Content-Disposition", "attachment; filename=\"analytics.csv\"")
                .with("Cache-Control", "no-store");
    }
}

package org.signalpost.http.api;

import java.time.InstantSource;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.signalpost.http.Exchange;
import org.signalpost.http.Json;
import org.signalpost.http.Reply;
import org.signalpost.http.Route;
import org.signalpost.http.Scope;
import org.signalpost.store.CreditedBy;
import org.signalpost.store.Reports;
import org.signalpost.store.Takings;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /analytics/revenue}: what was bought because of the tracks that were made in a span of time, and what was
 * bought in it for no known reason. Safe to share.
 */
final class RevenueCalls {
    private static final int MOST_CAMPAIGNS = 100;

    private final Reports reports;
    private final InstantSource clock;

    RevenueCalls(Reports reports, InstantSource clock) {
        this.reports = reports;
        this.clock = clock;
    }

    /** The routes, below the API's beginning. */
    List<Route> routes(Access access) {
        return List.of(new Route("GET", "/analytics/revenue", access.granted(Scope.READ, this::revenue)));
    }

    private Reply revenue(Exchange exchange, Caller caller) {
        Period.Step step = Period.Step.of(exchange);
        Asked asked = Asked.of(exchange, caller, clock);
        TreeMap<LocalDate, Takings> timeline = asked.steps(step, Takings.NONE);
        var by = new EnumMap<CreditedBy, Takings>(CreditedBy.class);
        for (Reports.Sale sale : reports.sales(asked.cohort(), asked.period().isUtc())) {
            by.merge(sale.by(), sale.takings(), Takings::plus);
            if (sale.by() != CreditedBy.NONE) {
                timeline.merge(asked.start(step, sale.slot()), sale.takings(), Takings::plus);
            }
        }
        ObjectNode body = Json.object().put("period", asked.period().word());
        body.put("from", Json.time(asked.period().from()))
                .put("to", Json.time(asked.period().to()));
        Money.put(body.putObject("summary"), timeline.values().stream().reduce(Takings.NONE, Takings::plus));
        ObjectNode reasons = body.putObject("creditedBy");
        for (CreditedBy reason : List.of(CreditedBy.MESSAGE, CreditedBy.CLICK, CreditedBy.OPEN)) {
            Money.put(reasons.putObject(reason.word()), by.getOrDefault(reason, Takings.NONE));
        }
        Money.put(body.putObject("unattributed"), by.getOrDefault(CreditedBy.NONE, Takings.NONE));
        campaigns(body.putArray("campaigns"), asked);
        ArrayNode line = body.putArray("timeline");
        timeline.forEach((day, takings) -> Money.put(line.addObject().put("date", day.toString()), takings));
        return Reply.json(200, body);
    }

    /** Those with the most purchases first; there is no order between currencies. */
    private void campaigns(ArrayNode list, Asked asked) {
        Map<String, Takings> all = new TreeMap<>();
        reports.earnings(asked.cohort()).forEach(earned -> all.put(earned.campaign(), earned.takings()));
        asked.cohort().campaign().ifPresent(only -> all.keySet().retainAll(List.of(only)));
        all.entrySet().stream()
                .filter(earned ->
                        earned.getValue().purchases() + earned.getValue().refunds() > 0)
                .sorted(Comparator.comparingLong((Map.Entry<String, Takings> earned) ->
                                earned.getValue().purchases())
                        .reversed())
                .limit(MOST_CAMPAIGNS)
                .forEach(earned -> {
                    ObjectNode one = list.addObject();
                    Json.put(one, "campaign", earned.getKey());
                    Money.put(one, earned.getValue());
                });
    }
}

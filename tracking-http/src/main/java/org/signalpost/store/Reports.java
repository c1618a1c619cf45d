package org.signalpost.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads sums, never tracks or hits: what a report costs does not depend on how many of those there are. Safe to share;
 * every method throws {@link Unavailable} while the database is away.
 */
public final class Reports {
    private static final String MEASURES =
            "tracks, opens, unique_opens, clicks, unique_clicks, machine_opens, bot_clicks,"
                    + " machine_only, bot_only, delivered, bounced";

    private final Database database;

    /** Reads from this database. */
    public Reports(Database database) {
        this.database = database;
    }

    /**
     * Which tracks are meant: those an account made in a span of time.
     *
     * @param account whose they are
     * @param campaign of this campaign alone
     * @param from the first slot
     * @param until the slot behind the last one
     */
    public record Cohort(long account, Optional<String> campaign, int from, int until) {
        private int scope() {
            return campaign.isPresent() ? 1 : 0;
        }

        /** Whole days are read by the day, the rest by the quarter of an hour. */
        private List<Span> spans() {
            int firstDay = Slot.day(from + Slot.DAY - 1);
            int lastDay = Slot.day(until);
            if (firstDay >= lastDay) {
                return List.of(new Span(1, from, until));
            }
            var spans = new ArrayList<Span>();
            spans.add(new Span(0, firstDay, lastDay));
            if (from < firstDay) {
                spans.add(new Span(1, from, firstDay));
            }
            if (lastDay < until) {
                spans.add(new Span(1, lastDay, until));
            }
            return spans;
        }

        private boolean isWholeDays() {
            return Slot.day(from) == from && Slot.day(until) == until;
        }
    }

    private record Span(int grain, int from, int until) {}

    /** Sums of the tracks made in the day or quarter of an hour that begins with a slot. */
    public record Moment(int slot, Sums sums) {}

    /** Opens with one mail client on one kind of device. */
    public record Agent(String emailClient, String device, long opens, long machineOpens) {}

    /** Hits from one place; the city is empty where it is not known. */
    public record Place(String country, String city, long opens, long clicks, long machineOpens, long botClicks) {}

    /** Clicks on one destination; unique ones are counted once for each track. */
    public record Link(String url, long clicks, long uniqueClicks, long botClicks) {}

    /** Sums of one campaign. */
    public record Campaign(String name, Sums sums) {}

    /**
     * The sums moment by moment, in order: by days of UTC where {@code byDays} and the cohort is made of such, else by
     * quarters of an hour. Moments without tracks are left out.
     */
    public List<Moment> moments(Cohort cohort, boolean byDays) {
        int grain = byDays && cohort.isWholeDays() ? 0 : 1;
        return database.transaction(connection -> Sql.rows(
                connection,
                "SELECT slot, " + MEASURES + " FROM sums WHERE account = ? AND scope = ? AND campaign = ?"
                        + " AND grain = ? AND slot >= ? AND slot < ? ORDER BY slot",
                values(cohort, new Span(grain, cohort.from(), cohort.until())),
                row -> new Moment(row.getInt("slot"), sums(row))));
    }

    private static List<Object> values(Cohort cohort, Span span) {
        return List.of(
                cohort.account(),
                cohort.scope(),
                cohort.campaign().orElse(""),
                span.grain(),
                span.from(),
                span.until());
    }

    private static Sums sums(ResultSet row) throws SQLException {
        return new Sums(
                row.getLong("tracks"),
                row.getLong("opens"),
                row.getLong("unique_opens"),
                row.getLong("clicks"),
                row.getLong("unique_clicks"),
                row.getLong("machine_opens"),
                row.getLong("bot_clicks"),
                row.getLong("machine_only"),
                row.getLong("bot_only"),
                row.getLong("delivered"),
                row.getLong("bounced"));
    }

    /** Opens by mail client and device. */
    public List<Agent> agents(Cohort cohort) {
        var agents = new LinkedHashMap<List<String>, Agent>();
        each(
                cohort,
                "SELECT email_client, device, SUM(opens) AS opens, SUM(machine_opens) AS machine_opens FROM agent_sums",
                "email_client, device",
                row -> agents.merge(
                        List.of(row.getString("email_client"), row.getString("device")),
                        new Agent(
                                row.getString("email_client"),
                                row.getString("device"),
                                row.getLong("opens"),
                                row.getLong("machine_opens")),
                        (one, other) -> new Agent(
                                one.emailClient(),
                                one.device(),
                                one.opens() + other.opens(),
                                one.machineOpens() + other.machineOpens())));
        return List.copyOf(agents.values());
    }

    /** Hits by place. */
    public List<Place> places(Cohort cohort) {
        var places = new LinkedHashMap<List<String>, Place>();
        each(
                cohort,
                "SELECT country, city, SUM(opens) AS opens, SUM(clicks) AS clicks,"
                        + " SUM(machine_opens) AS machine_opens, SUM(bot_clicks) AS bot_clicks FROM place_sums",
                "country, city",
                row -> places.merge(
                        List.of(row.getString("country"), row.getString("city")),
                        new Place(
                                row.getString("country"),
                                row.getString("city"),
                                row.getLong("opens"),
                                row.getLong("clicks"),
                                row.getLong("machine_opens"),
                                row.getLong("bot_clicks")),
                        (one, other) -> new Place(
                                one.country(),
                                one.city(),
                                one.opens() + other.opens(),
                                one.clicks() + other.clicks(),
                                one.machineOpens() + other.machineOpens(),
                                one.botClicks() + other.botClicks())));
        return List.copyOf(places.values());
    }

    /** Clicks by destination. */
    public List<Link> links(Cohort cohort) {
        var links = new LinkedHashMap<String, Link>();
        each(
                cohort,
                "SELECT urls.destination AS destination, SUM(clicks) AS clicks, SUM(unique_clicks) AS unique_clicks,"
                        + " SUM(bot_clicks) AS bot_clicks FROM link_sums JOIN urls ON urls.url = link_sums.url",
                "urls.destination",
                row -> links.merge(
                        row.getString("destination"),
                        new Link(
                                row.getString("destination"),
                                row.getLong("clicks"),
                                row.getLong("unique_clicks"),
                                row.getLong("bot_clicks")),
                        (one, other) -> new Link(
                                one.url(),
                                one.clicks() + other.clicks(),
                                one.uniqueClicks() + other.uniqueClicks(),
                                one.botClicks() + other.botClicks())));
        return List.copyOf(links.values());
    }

    /** The sums of each campaign; the cohort's own campaign does not matter. */
    public List<Campaign> campaigns(Cohort cohort) {
        var campaigns = new LinkedHashMap<String, Campaign>();
        String sums = MEASURES.replaceAll("(\\w+)", "SUM($1) AS $1");
        database.transaction(connection -> {
            for (Span span : cohort.spans()) {
                Sql.rows(
                        connection,
                        "SELECT campaign, " + sums + " FROM sums WHERE account = ? AND scope = 1 AND grain = ?"
                                + " AND slot >= ? AND slot < ? GROUP BY campaign",
                        List.of(cohort.account(), span.grain(), span.from(), span.until()),
                        row -> campaigns.merge(
                                row.getString("campaign"),
                                new Campaign(row.getString("campaign"), sums(row)),
                                (one, other) ->
                                        new Campaign(one.name(), one.sums().plus(other.sums()))));
            }
            return campaigns;
        });
        return List.copyOf(campaigns.values());
    }

    /** What was bought because of the tracks of one moment, or, for {@link CreditedBy#NONE}, at that moment. */
    public record Sale(int slot, CreditedBy by, Takings takings) {}

    /** What was bought because of one campaign. */
    public record Earning(String campaign, Takings takings) {}

    /** The purchases moment by moment, as {@link #moments}; one entry for each currency and reason. */
    public List<Sale> sales(Cohort cohort, boolean byDays) {
        int grain = byDays && cohort.isWholeDays() ? 0 : 1;
        return database.transaction(connection -> Sql.rows(
                connection,
                "SELECT slot, credited_by, currency, purchases, refunds, revenue FROM revenue_sums WHERE account = ?"
                        + " AND scope = ? AND campaign = ? AND grain = ? AND slot >= ? AND slot < ?"
                        + " AND (purchases <> 0 OR refunds <> 0) ORDER BY slot",
                values(cohort, new Span(grain, cohort.from(), cohort.until())),
                row -> new Sale(row.getInt("slot"), CreditedBy.of(row.getString("credited_by")), takings(row))));
    }

    /** What each campaign led to, without order; the cohort's own campaign does not matter. */
    public List<Earning> earnings(Cohort cohort) {
        var earnings = new LinkedHashMap<String, Takings>();
        database.transaction(connection -> {
            for (Span span : cohort.spans()) {
                Sql.rows(
                        connection,
                        "SELECT campaign, currency, SUM(purchases) AS purchases, SUM(refunds) AS refunds,"
                                + " SUM(revenue) AS revenue FROM revenue_sums WHERE account = ? AND scope = 1"
                                + " AND grain = ? AND slot >= ? AND slot < ? AND credited_by <> 'none'"
                                + " AND (purchases <> 0 OR refunds <> 0)"
                                + " GROUP BY campaign, currency",
                        List.of(cohort.account(), span.grain(), span.from(), span.until()),
                        row -> earnings.merge(row.getString("campaign"), takings(row), Takings::plus));
            }
            return earnings;
        });
        return earnings.entrySet().stream()
                .map(earned -> new Earning(earned.getKey(), earned.getValue()))
                .toList();
    }

    private static Takings takings(ResultSet row) throws SQLException {
        return new Takings(
                row.getLong("purchases"),
                row.getLong("refunds"),
                Map.of(row.getString("currency"), row.getBigDecimal("revenue").movePointLeft(4)));
    }

    private void each(Cohort cohort, String select, String group, Sql.Row<?> row) {
        database.transaction(connection -> all(connection, cohort, select, group, row));
    }

    private static Map<String, String> all(
            Connection connection, Cohort cohort, String select, String group, Sql.Row<?> row) throws SQLException {
        for (Span span : cohort.spans()) {
            Sql.rows(
                    connection,
                    select
                            + " WHERE account = ? AND scope = ? AND campaign = ? AND grain = ? AND slot >= ? AND slot < ?"
                            + " GROUP BY " + group,
                    values(cohort, span),
                    row);
        }
        return Map.of();
    }
}

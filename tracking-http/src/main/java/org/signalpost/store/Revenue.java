package org.signalpost.store;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.signalpost.event.Purchase;

/**
 * Purchases, each booked once and put down to the mail that led to it: the one the shop names, else that of the buyer's
 * last click, else of the last open, within seven days. Belongs to one thread and one transaction.
 */
final class Revenue {
    /** How long a click or an open is taken to have led to a purchase. */
    private static final Duration WINDOW = Duration.ofDays(7);

    private static final int DECIMALS = 4;

    private static final String IS_BOOKED = "SELECT 1 FROM purchases WHERE account = ? AND order_id = ?";

    private static final String ADD = """
            INSERT INTO purchases (account, order_id, email, revenue, currency, items, message, track_number, credited_by,
              at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

    private static final String OF_MESSAGE = """
            SELECT number, campaign, created_at FROM tracks WHERE account = ? AND message = ?
            ORDER BY created_at DESC, id DESC LIMIT 1""";

    private static final String OF_COPY = """
            SELECT number, campaign, created_at FROM tracks WHERE account = ? AND recipient = ? AND message = ?
            ORDER BY created_at DESC, id DESC LIMIT 1""";

    /** One spelling of the recipient at a time: for several H2 would read every track of the account. */
    private static final String OF_LAST_HIT = """
            SELECT t.number, t.campaign, t.created_at, h.at FROM tracks t JOIN hits h ON h.track_number = t.number
            WHERE t.account = ? AND t.recipient = ? AND h.what = ? AND h.counted AND h.at > ? AND h.at <= ?
            ORDER BY h.at DESC, h.number DESC LIMIT 1""";

    private static final String OF_TRACK =
            "SELECT account, revenue, currency, credited_by, at FROM purchases WHERE track_number = ?";

    private static final String DETACH =
            "UPDATE purchases SET track_number = 0, credited_by = 'none' WHERE track_number = ?";

    private final Statements statements;
    private final Tallies tallies;

    Revenue(Statements statements, Tallies tallies) {
        this.statements = statements;
        this.tallies = tallies;
    }

    /** A track that a purchase is put down to, and why. */
    private record Credit(long number, String campaign, Instant createdAt, CreditedBy by) {
        static Credit read(ResultSet row, CreditedBy by) throws SQLException {
            return new Credit(
                    row.getLong("number"),
                    row.getString("campaign"),
                    Sql.time(row, "created_at").orElse(Instant.EPOCH),
                    by);
        }
    }

    /** When a hit was, and the track it was of. */
    private record LastHit(Credit credit, Instant at) {
        static LastHit read(ResultSet row, CreditedBy by) throws SQLException {
            return new LastHit(Credit.read(row, by), Sql.time(row, "at").orElse(Instant.EPOCH));
        }
    }

    /** What the sums hold of a purchase. */
    private record Sum(long account, BigDecimal revenue, String currency, CreditedBy by, Instant at) {
        static Sum read(ResultSet row) throws SQLException {
            return new Sum(
                    row.getLong("account"),
                    row.getBigDecimal("revenue"),
                    row.getString("currency"),
                    CreditedBy.of(row.getString("credited_by")),
                    Sql.time(row, "at").orElse(Instant.EPOCH));
        }

        /** Where it stands when it is put down to no track. */
        Tallies.Cohort alone() {
            return new Tallies.Cohort(account, "", Slot.of(at));
        }
    }

    /** Books a purchase unless its order is booked; the hits before it must be written down. */
    void book(Purchase purchase) throws SQLException {
        if (statements.exists(IS_BOOKED, List.of(purchase.account(), purchase.orderId()))) {
            return;
        }
        Optional<Credit> credit = credit(purchase);
        CreditedBy by = credit.map(Credit::by).orElse(CreditedBy.NONE);
        statements.change(
                ADD,
                List.of(
                        purchase.account(),
                        purchase.orderId(),
                        purchase.email(),
                        purchase.revenue(),
                        purchase.currency(),
                        purchase.items(),
                        purchase.message(),
                        credit.map(Credit::number).orElse(0L),
                        by.word(),
                        purchase.at()));
        var sum = new Sum(purchase.account(), purchase.revenue(), purchase.currency(), by, purchase.at());
        add(
                sum,
                credit.map(to -> new Tallies.Cohort(purchase.account(), to.campaign(), Slot.of(to.createdAt())))
                        .orElse(sum.alone()),
                by,
                1);
    }

    private Optional<Credit> credit(Purchase purchase) throws SQLException {
        Set<String> spellings = new LinkedHashSet<>();
        spellings.add(purchase.email());
        spellings.add(purchase.email().toLowerCase(Locale.ROOT));
        Optional<Credit> named = named(purchase, spellings);
        if (named.isPresent()) {
            return named;
        }
        Optional<Credit> clicked = last(purchase, spellings, CreditedBy.CLICK);
        return clicked.isPresent() ? clicked : last(purchase, spellings, CreditedBy.OPEN);
    }

    /** The mail that the shop names; of one to several, the copy of the buyer. */
    private Optional<Credit> named(Purchase purchase, Set<String> spellings) throws SQLException {
        if (purchase.message().isEmpty()) {
            return Optional.empty();
        }
        for (String recipient : spellings) {
            List<Object> copy = List.of(purchase.account(), recipient, purchase.message());
            Optional<Credit> own = statements.first(OF_COPY, copy, row -> Credit.read(row, CreditedBy.MESSAGE));
            if (own.isPresent()) {
                return own;
            }
        }
        List<Object> any = List.of(purchase.account(), purchase.message());
        return statements.first(OF_MESSAGE, any, row -> Credit.read(row, CreditedBy.MESSAGE));
    }

    private Optional<Credit> last(Purchase purchase, Set<String> spellings, CreditedBy by) throws SQLException {
        Instant at = purchase.at();
        Optional<Credit> last = Optional.empty();
        Instant when = Instant.MIN;
        for (String recipient : spellings) {
            List<Object> wanted = List.of(purchase.account(), recipient, by.word(), at.minus(WINDOW), at);
            Optional<LastHit> hit = statements.first(OF_LAST_HIT, wanted, row -> LastHit.read(row, by));
            if (hit.isPresent() && hit.get().at().isAfter(when)) {
                last = Optional.of(hit.get().credit());
                when = hit.get().at();
            }
        }
        return last;
    }

    private void add(Sum sum, Tallies.Cohort cohort, CreditedBy by, int sign) {
        boolean refund = sum.revenue().signum() < 0;
        tallies.add(
                Tallies.Table.REVENUE,
                cohort,
                List.of(sum.currency(), by.word()),
                refund ? 0 : sign,
                refund ? sign : 0,
                sign * sum.revenue().movePointRight(DECIMALS).longValueExact());
    }

    /** Adds what is put down to a track to the sums of a cohort, or takes it away. */
    void addAll(long track, Tallies.Cohort cohort, int sign) throws SQLException {
        for (Sum sum : of(track)) {
            add(sum, cohort, sum.by(), sign);
        }
    }

    /** A track goes: what was put down to it, and is no longer in the sums, is put down to none. */
    void detach(long track) throws SQLException {
        for (Sum sum : of(track)) {
            add(sum, sum.alone(), CreditedBy.NONE, 1);
        }
        statements.change(DETACH, List.of(track));
    }

    private List<Sum> of(long track) throws SQLException {
        return statements.rows(OF_TRACK, List.of(track), Sum::read);
    }
}

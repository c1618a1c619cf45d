package org.signalpost.store;

import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;

/**
 * Purchases, added up. Immutable and safe to share.
 *
 * @param purchases how many orders were paid
 * @param refunds how many were paid back
 * @param revenue what was paid less what was paid back, exact, by ISO 4217 code
 */
public record Takings(long purchases, long refunds, Map<String, BigDecimal> revenue) {
    /** Nothing. */
    public static final Takings NONE = new Takings(0, 0, Map.of());

    /** Keeps the currencies in order. */
    public Takings {
        revenue = java.util.Collections.unmodifiableMap(new TreeMap<>(revenue));
    }

    /** Both together. */
    public Takings plus(Takings other) {
        var sum = new TreeMap<>(revenue);
        other.revenue().forEach((currency, amount) -> sum.merge(currency, amount, BigDecimal::add));
        return new Takings(purchases + other.purchases, refunds + other.refunds, sum);
    }
}

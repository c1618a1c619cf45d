package org.signalpost.event;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * Something that was bought, as a shop tells of it. Immutable and safe to share.
 *
 * @param account whose shop it is
 * @param orderId how the shop calls the order; the same again is the same purchase
 * @param email who bought it
 * @param revenue what was paid, exact, with at most four decimals; negative for what was paid back
 * @param currency its ISO 4217 code
 * @param items what was bought, as JSON; empty when it was not said
 * @param message the messageId of the tracks that are said to have led to it; empty when it was not said
 * @param at when the shop told of it
 */
public record Purchase(
        long account,
        String orderId,
        String email,
        BigDecimal revenue,
        String currency,
        String items,
        String message,
        Instant at) {}

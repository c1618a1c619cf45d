package org.signalpost.http.api;

import java.math.BigDecimal;
import java.util.Currency;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.signalpost.store.Takings;
import tools.jackson.databind.node.ObjectNode;

/** Exact amounts (ISO 4217), in and out. */
final class Money {
    private static final Set<String> CODES = Currency.getAvailableCurrencies().stream()
            .map(Currency::getCurrencyCode)
            .collect(Collectors.toUnmodifiableSet());

    /** The most decimals that a currency has. */
    private static final int MOST_DECIMALS = 4;

    /** Less than this, so that sums stay exact. */
    private static final BigDecimal TOO_MUCH = BigDecimal.valueOf(100_000_000_000L);

    private Money() {}

    /** The code of a currency, in upper case; empty when there is none such. */
    static Optional<String> currency(String code) {
        String upper = code.toUpperCase(Locale.ROOT);
        return CODES.contains(upper) ? Optional.of(upper) : Optional.empty();
    }

    /** Reads an amount; a number, or a text that is one. Says what is wrong with it. */
    static BigDecimal amount(Input input, String field) {
        Optional<BigDecimal> given = input.decimal(field);
        if (given.isEmpty()) {
            input.wrong(field, "an amount is wanted, like 49.99");
            return BigDecimal.ZERO;
        }
        BigDecimal amount = given.get();
        if (amount.precision() - amount.scale() > 12 || amount.abs().compareTo(TOO_MUCH) >= 0) {
            input.wrong(field, "less than " + TOO_MUCH.toPlainString() + " is wanted");
            return BigDecimal.ZERO;
        }
        BigDecimal plain = amount.stripTrailingZeros();
        if (plain.scale() > MOST_DECIMALS) {
            input.wrong(field, "at most " + MOST_DECIMALS + " decimals are wanted");
            return BigDecimal.ZERO;
        }
        return plain.scale() < 0 ? plain.setScale(0) : plain;
    }

    /** An amount with the decimals its currency has, or more where it has more. */
    static String written(String currency, BigDecimal amount) {
        int usual = Math.max(Currency.getInstance(currency).getDefaultFractionDigits(), 0);
        BigDecimal plain = amount.stripTrailingZeros();
        return plain.setScale(Math.max(plain.scale(), usual)).toPlainString();
    }

    /** Adds the three fields of some purchases. */
    static void put(ObjectNode json, Takings takings) {
        json.put("purchases", takings.purchases()).put("refunds", takings.refunds());
        ObjectNode revenue = json.putObject("revenue");
        takings.revenue().forEach((currency, amount) -> revenue.put(currency, written(currency, amount)));
    }
}

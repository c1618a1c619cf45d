package org.signalpost.store;

import java.time.Instant;

/**
 * An open or a click as the books have it; text that is not known is empty. Immutable and safe to share.
 *
 * @param number its place among all hits
 * @param isOpen whether it is an open, else a click
 * @param at when it happened
 * @param emailClient the mail client that was used
 * @param browser the browser that was used
 * @param device the device that was used
 * @param country the country it came from
 * @param city the city it came from
 * @param link the number of the link in its mail, from 0; for clicks
 * @param url where the link led; for clicks
 * @param kind human, or which sort of machine
 * @param reason why it was taken for that
 */
public record Hit(
        long number,
        boolean isOpen,
        Instant at,
        String emailClient,
        String browser,
        String device,
        String country,
        String city,
        int link,
        String url,
        String kind,
        String reason) {}

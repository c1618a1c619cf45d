package org.signalpost.store;

/**
 * Who a hit was. Text that is not known is empty. Immutable and safe to share.
 *
 * @param counted whether it counts: it was a person's
 * @param kind human, or which sort of machine
 * @param reason why it was taken for that
 * @param emailClient the mail client that was used
 * @param browser the browser that was used
 * @param device the device that was used, as exactly as it is known
 * @param country the country it came from
 * @param city the city it came from
 */
public record Verdict(
        boolean counted,
        String kind,
        String reason,
        String emailClient,
        String browser,
        String device,
        String country,
        String city) {
    /** A person with this mail client, browser and device, somewhere. */
    public static Verdict human(String emailClient, String browser, String device) {
        return new Verdict(/* counted= */ true, "human", "", emailClient, browser, device, "", "");
    }
}

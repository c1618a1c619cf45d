package org.signalpost.store;

import java.util.List;
import java.util.Map;

/**
 * What a User-Agent field says at first sight; empty where it says nothing that can be relied on. Judging who is a
 * machine is not its business.
 */
record UserAgent(String emailClient, String browser, String device) {
    private static final List<Map.Entry<String, String>> CLIENTS = List.of(
            Map.entry("GoogleImageProxy", "Gmail"),
            Map.entry("YahooMailProxy", "Yahoo Mail"),
            Map.entry("Thunderbird/", "Thunderbird"),
            Map.entry("Microsoft Outlook", "Outlook"),
            Map.entry("MSOffice", "Outlook"));

    private static final List<Map.Entry<String, String>> BROWSERS = List.of(
            Map.entry("Edg/", "Edge"),
            Map.entry("OPR/", "Opera"),
            Map.entry("Firefox/", "Firefox"),
            Map.entry("Chrome/", "Chrome"),
            Map.entry("Safari/", "Safari"));

    private static final List<Map.Entry<String, String>> DEVICES = List.of(
            Map.entry("iPhone", "iPhone"),
            Map.entry("iPad", "iPad"),
            Map.entry("Android", "Android"),
            Map.entry("Windows NT", "Desktop"),
            Map.entry("Macintosh", "Desktop"),
            Map.entry("X11; Linux", "Desktop"));

    /** Reads the field. An image proxy says nothing about the machine behind it. */
    static UserAgent read(String text) {
        String client = first(CLIENTS, text);
        boolean proxy = client.equals("Gmail") || client.startsWith("Yahoo");
        return new UserAgent(
                client,
                proxy || client.equals("Thunderbird") ? "" : first(BROWSERS, text),
                proxy ? "" : first(DEVICES, text));
    }

    private static String first(List<Map.Entry<String, String>> table, String text) {
        return table.stream()
                .filter(row -> text.contains(row.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("");
    }
}

package org.signalpost.rewrite.html;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Adds the UTM parameters that an address lacks. */
final class Utms {
    private Utms() {}

    /** The address with what it lacks of source, medium and campaign; as it is when nothing is to be added. */
    static String add(LinkPolicy.Utm utm, String href, LinkPolicy.MailLinks mail) {
        boolean wanted =
                mail.utm().orElse(true) && utm.hosts().stream().anyMatch(host -> Links.below(Links.host(href), host));
        if (!wanted) {
            return href;
        }
        int hash = href.indexOf('#');
        String before = hash < 0 ? href : href.substring(0, hash);
        int question = before.indexOf('?');
        String query = question < 0 ? "" : before.substring(question + 1);
        var more = new ArrayList<String>();
        parameter(query, "utm_source", utm.source(), more);
        parameter(query, "utm_medium", utm.medium(), more);
        parameter(query, "utm_campaign", mail.campaign(), more);
        if (more.isEmpty()) {
            return href;
        }
        String joint = question < 0 ? "?" : query.isEmpty() || query.endsWith("&") ? "" : "&";
        return before + joint + String.join("&", more) + href.substring(before.length());
    }

    private static void parameter(String query, String name, String value, List<String> more) {
        boolean there = List.of(query.toLowerCase(Locale.ROOT).split("&", -1)).stream()
                .anyMatch(pair -> pair.equals(name) || pair.startsWith(name + "="));
        if (!there && !value.isEmpty()) {
            more.add(name + "="
                    + URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20"));
        }
    }
}

package org.signalpost.rewrite.html;

import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.signalpost.track.LinkToken;
import org.signalpost.track.TrackingUrls;

/** The rules of the link policy, in their order. They never look at the network. */
final class Links {
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:.*", Pattern.DOTALL);
    private static final List<String> PLACEHOLDERS = List.of("{{", "}}", "{%", "%}", "*|", "|*", "<%", "%>", "${");
    private static final Set<String> SECRET_NAMES = Set.of(
            "token",
            "otp",
            "oobcode",
            "ticket",
            "nonce",
            "hmac",
            "sig",
            "signature",
            "x-amz-signature",
            "x-goog-signature",
            "key-pair-id");
    private static final Set<String> PERHAPS_SECRET = Set.of("code", "key", "t", "k", "hash", "auth");
    private static final Set<String> SECRET_PATHS = Set.of(
            "reset",
            "password",
            "verify",
            "verification",
            "confirm",
            "activate",
            "magic",
            "login",
            "signin",
            "invite",
            "invitation",
            "unlock",
            "otp",
            "sso");
    private static final Set<String> OFF = Set.of("off", "0", "no", "false");
    private static final Pattern JWT = Pattern.compile("eyJ[A-Za-z0-9_-]{5,}\\.[A-Za-z0-9_-]{5,}\\.[A-Za-z0-9_-]{5,}");
    private static final Pattern VISIBLE =
            Pattern.compile("(?i)(https?://|www\\.)?([a-z0-9-]+(\\.[a-z0-9-]+)*\\.[a-z]{2,})(:[0-9]+)?([/?#]\\S*)?");

    private Links() {}

    /** The first reason that speaks against tracking; empty when none does. */
    static Optional<LinkReason> reason(
            LinkPolicy policy, String href, String visible, Tag tag, LinkPolicy.MailLinks mail) {
        boolean forced = tag.value("data-signalpost-track").equalsIgnoreCase("on");
        if (optedOut(tag)) {
            return Optional.of(LinkReason.OPTED_OUT);
        }
        String authority = authority(href);
        Optional<LinkReason> form = form(href, authority);
        if (form.isPresent()) {
            return form;
        }
        for (TrackingUrls base : policy.bases()) {
            if (authority.equals(base.authority())) {
                return Optional.of(LinkReason.OWN_LINK);
            }
        }
        if (isExcluded(policy, authority.substring(0, hostEnd(authority)))) {
            return Optional.of(LinkReason.HOST_EXCLUDED);
        }
        if (!forced && unsubscribes(policy, href, authority, tag, mail)) {
            return Optional.of(LinkReason.UNSUBSCRIBE);
        }
        if (!forced && policy.oneTime() && oneTime(href)) {
            return Optional.of(LinkReason.ONE_TIME);
        }
        if (!forced && deceives(policy, mail.visibleUrl().orElse(policy.visibleUrl()), visible)) {
            return Optional.of(LinkReason.VISIBLE_URL);
        }
        boolean mayBe = href.length() > LinkToken.LONGEST_DESTINATION / 4;
        boolean tooLong =
                mayBe && destination(href).getBytes(StandardCharsets.UTF_8).length > LinkToken.LONGEST_DESTINATION;
        return tooLong ? Optional.of(LinkReason.TOO_LONG) : Optional.empty();
    }

    private static boolean isExcluded(LinkPolicy policy, String host) {
        for (String other : policy.excludedHosts()) {
            if (below(host, other)) {
                return true;
            }
        }
        for (String other : policy.onlyHosts()) {
            if (below(host, other)) {
                return false;
            }
        }
        return !policy.onlyHosts().isEmpty();
    }

    private static boolean optedOut(Tag tag) {
        return OFF.contains(lower(tag.value("data-signalpost-track")))
                || lower(tag.value("disable-tracking")).equals("true")
                || lower(tag.value("clicktracking")).equals("off")
                || tag.has("data-pm-no-track")
                || tag.has("ses:no-track")
                || tag.value("data-msys-clicktrack").equals("0")
                || tag.has("mc:disable-tracking")
                || tag.has("mautic:disable-tracking")
                || tag.hasClass("untracked");
    }

    private static String lower(String text) {
        return text.strip().toLowerCase(Locale.ROOT);
    }

    private static Optional<LinkReason> form(String href, String authority) {
        if (href.isEmpty()) {
            return Optional.of(LinkReason.EMPTY);
        }
        if (href.startsWith("#")) {
            return Optional.of(LinkReason.FRAGMENT);
        }
        boolean http = href.regionMatches(/* ignoreCase= */ true, 0, "https://", 0, 8)
                || href.regionMatches(/* ignoreCase= */ true, 0, "http://", 0, 7);
        if (!http) {
            boolean web = lower(href).startsWith("http:") || lower(href).startsWith("https:");
            boolean template = PLACEHOLDERS.stream().anyMatch(href::startsWith);
            return Optional.of(
                    template
                            ? LinkReason.PLACEHOLDER
                            : SCHEME.matcher(href).matches() && !web ? LinkReason.SCHEME : LinkReason.RELATIVE);
        }
        if (hasPlaceholder(href)) {
            return Optional.of(LinkReason.PLACEHOLDER);
        }
        if (authority.indexOf('@') >= 0) {
            return Optional.of(LinkReason.USERINFO);
        }
        if (!LinkToken.followable(href) || !wellFormed(authority)) {
            return Optional.of(LinkReason.MALFORMED_URL);
        }
        if (!isAscii(authority) && aLabels(authority).isEmpty()) {
            return Optional.of(LinkReason.IDN);
        }
        return Optional.empty();
    }

    private static boolean hasPlaceholder(String href) {
        // All of them hold one of these, and hardly any address does.
        if (href.indexOf('{') < 0 && href.indexOf('}') < 0 && href.indexOf('|') < 0 && href.indexOf('%') < 0) {
            return false;
        }
        return PLACEHOLDERS.stream().anyMatch(href::contains);
    }

    private static boolean wellFormed(String authority) {
        String port = authority.substring(hostEnd(authority));
        boolean portFine = port.isEmpty()
                || port.equals(":")
                || (port.matches(":[0-9]{1,5}") && Integer.parseInt(port.substring(1)) <= 65535);
        String host = authority.substring(0, hostEnd(authority));
        boolean literal = host.startsWith("[") && host.matches("\\[[0-9A-Fa-f:.]{2,45}]");
        return portFine && (literal || (allHostCharacters(host) && !host.isEmpty()));
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0x7f) {
                return false;
            }
        }
        return true;
    }

    private static boolean allHostCharacters(String host) {
        for (int i = 0; i < host.length(); i++) {
            if (!hostCharacter(host.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean hostCharacter(int c) {
        return Character.isLetterOrDigit(c) || c == '.' || c == '-' || c == '_' || c > 0x7f;
    }

    private static int hostEnd(String authority) {
        int close = authority.lastIndexOf(']');
        int colon = authority.indexOf(':', close + 1);
        return colon < 0 ? authority.length() : colon;
    }

    /** Host and port as they stand, lower case; empty where there is none. */
    private static String authority(String href) {
        int scheme = href.indexOf("://");
        if (scheme < 0) {
            return "";
        }
        int from = scheme + 3;
        int to = from;
        while (to < href.length() && "/?#".indexOf(href.charAt(to)) < 0) {
            to++;
        }
        return href.substring(from, to).toLowerCase(Locale.ROOT);
    }

    static String host(String href) {
        String authority = authority(href);
        return authority.substring(0, hostEnd(authority));
    }

    /** The destination as it is signed: what the link says, an international host as A-labels. */
    static String destination(String href) {
        String authority = authority(href);
        if (isAscii(authority)) {
            return href;
        }
        int from = href.indexOf("://") + 3;
        return href.substring(0, from)
                + aLabels(authority).orElse(authority)
                + href.substring(from + authority.length());
    }

    private static Optional<String> aLabels(String authority) {
        // IDNA 2003, which java.net has, maps these to another host than browsers do.
        if (authority.chars().anyMatch(c -> c == 'ß' || c == 'ς' || c == 0x200c || c == 0x200d)) {
            return Optional.empty();
        }
        try {
            int end = hostEnd(authority);
            return Optional.of(IDN.toASCII(authority.substring(0, end)) + authority.substring(end));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static boolean below(String host, String domain) {
        String lower = lower(domain);
        return host.equals(lower) || host.endsWith("." + lower);
    }

    private static boolean unsubscribes(
            LinkPolicy policy, String href, String authority, Tag tag, LinkPolicy.MailLinks mail) {
        String rest = lower(href.substring(Math.min(href.length(), href.indexOf("://") + 3 + authority.length())));
        return mail.unsubscribe().contains(href)
                || tag.has("data-msys-unsubscribe")
                || policy.unsubscribeWords().stream().anyMatch(rest::contains);
    }

    private static boolean oneTime(String href) {
        int question = href.indexOf('?');
        int hash = href.indexOf('#');
        int end = href.length();
        int pathEnd = question >= 0 ? question : hash >= 0 ? hash : end;
        int query = question >= 0 ? question + 1 : end;
        int queryEnd = question >= 0 && hash > question ? hash : end;
        boolean opaque = false;
        for (int from = query; from < queryEnd; ) {
            int to = until('&', href, from, queryEnd);
            int equals = until('=', href, from, to);
            String name = lower(href.substring(from, equals));
            boolean value = equals < to && opaque(href, equals + 1, to);
            if (SECRET_NAMES.contains(name) || name.endsWith("_token") || (value && PERHAPS_SECRET.contains(name))) {
                return true;
            }
            opaque |= value;
            from = to + 1;
        }
        for (int from = 0; from < pathEnd; ) {
            int to = until('/', href, from, pathEnd);
            opaque |= opaque(href, from, to);
            from = to + 1;
        }
        return (opaque && (hasSecretWord(href, 0, pathEnd) || hasSecretWord(href, query, queryEnd)))
                || (href.contains("eyJ") && JWT.matcher(href).find());
    }

    /** Where this character comes next, or the end. */
    private static int until(char wanted, String text, int from, int end) {
        int at = text.indexOf(wanted, from, end);
        return at < 0 ? end : at;
    }

    /** Whether one of the words it is made of speaks of credentials. */
    private static boolean hasSecretWord(String text, int start, int end) {
        int from = start;
        while (from < end) {
            int to = from;
            while (to < end && isLetter(text.charAt(to))) {
                to++;
            }
            if (to - from >= 3 && to - from <= 12 && SECRET_PATHS.contains(lower(text.substring(from, to)))) {
                return true;
            }
            from = to + 1;
        }
        return false;
    }

    private static boolean isLetter(char c) {
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'z' && c < 0x80;
    }

    /** At least 16 characters of mixed classes: nothing a person wrote. */
    private static boolean opaque(String text, int from, int to) {
        if (to - from < 16) {
            return false;
        }
        boolean digits = false;
        boolean letters = false;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            digits |= Character.isDigit(c);
            letters |= Character.isLetter(c);
            if (!Character.isLetterOrDigit(c) && "-_.~%=+".indexOf(c) < 0) {
                return false;
            }
        }
        return digits && letters;
    }

    private static boolean deceives(LinkPolicy policy, LinkPolicy.VisibleUrl rule, String visible) {
        if (rule == LinkPolicy.VisibleUrl.WRAP || visible.indexOf('.') < 0 || visible.indexOf(' ') >= 0) {
            return false;
        }
        var match = VISIBLE.matcher(visible);
        if (!match.matches()) {
            return false;
        }
        String host = lower(match.group(2));
        String shown = host.startsWith("www.") ? host.substring(4) : host;
        return rule == LinkPolicy.VisibleUrl.SKIP
                || !below(policy.bases().getFirst().host(), shown);
    }
}

package org.signalpost.rewrite;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.signalpost.rewrite.mime.HeaderText;

/** Collects what the control fields of one side say, ours or the vendors'. One mail, one thread. */
final class ControlReader {
    private static final int LONGEST_CAMPAIGN = 255;
    private static final int MOST_TAGS = 10;
    private static final int LONGEST_TAG = 128;
    private static final int LONGEST_METADATA = 4_096;

    /** JSON in a field, in characters; some senders put much more into it than metadata. */
    static final int LONGEST_JSON = 256 << 10;

    private Optional<Boolean> opens = Optional.empty();
    private Optional<Boolean> clicks = Optional.empty();
    private Optional<Boolean> textClicks = Optional.empty();
    private boolean optedOut;
    private boolean asked;
    private Optional<RewriteSettings.Placement> pixel = Optional.empty();
    private String campaign = "";
    private final List<String> tags = new ArrayList<>();
    private final Map<String, Object> metadata = new LinkedHashMap<>();
    private String domain = "";
    private ControlFields.Level level = ControlFields.Level.INDIVIDUAL;
    private Optional<Boolean> utm = Optional.empty();
    private boolean preventScam;
    private final List<Explanation.ControlLine> effects = new ArrayList<>();
    private final List<String> bad = new ArrayList<>();

    /** What this side says, over what the vendors' side says. */
    ControlFields over(ControlReader vendors) {
        var allTags = new ArrayList<>(tags.isEmpty() ? vendors.tags : tags);
        var all = new LinkedHashMap<>(vendors.metadata);
        all.putAll(metadata);
        String json = all.isEmpty() ? "" : JsonText.written(all);
        if (json.length() > LONGEST_METADATA) {
            bad.add("metadata: at most 4 KB are wanted");
            json = "";
        }
        var lines = new ArrayList<>(vendors.effects);
        lines.addAll(effects);
        var wrong = new ArrayList<>(vendors.bad);
        wrong.addAll(bad);
        return new ControlFields(
                opens.isPresent() ? opens : vendors.opens,
                clicks.isPresent() ? clicks : vendors.clicks,
                textClicks.isPresent() ? textClicks : vendors.textClicks,
                optedOut || (vendors.optedOut && !asked),
                asked,
                pixel.isPresent() ? pixel : vendors.pixel,
                campaign.isEmpty() ? vendors.campaign : campaign,
                List.copyOf(allTags.subList(0, Math.min(allTags.size(), MOST_TAGS))),
                json,
                domain.isEmpty() ? vendors.domain : domain,
                level,
                utm,
                vendors.preventScam,
                List.copyOf(lines),
                List.copyOf(wrong));
    }

    void effect(String field, String value, String effect) {
        String shown = value.length() > 100 ? value.substring(0, 100) + "…" : value;
        effects.add(new Explanation.ControlLine(field, shown, effect));
    }

    void wrong(String field, String wanted) {
        bad.add(field + ": " + wanted);
    }

    static String lower(String text) {
        return text.strip().toLowerCase(Locale.ROOT);
    }

    static String cut(String text, int longest) {
        String plain = text.replaceAll("[\\p{Cntrl}]", "").strip();
        return plain.substring(0, Math.min(plain.length(), longest));
    }

    Optional<Boolean> flag(String field, String value) {
        return switch (lower(value)) {
            case "yes", "true", "on", "1", "y" -> Optional.of(true);
            case "no", "false", "off", "0", "n" -> Optional.of(false);
            default -> {
                wrong(field, "yes or no is wanted");
                yield Optional.empty();
            }
        };
    }

    /** Off beats on. */
    private static Optional<Boolean> both(Optional<Boolean> before, Optional<Boolean> now) {
        return now.isEmpty() ? before : before.filter(on -> !on).isPresent() ? before : now;
    }

    void opens(String field, String value, Optional<Boolean> on) {
        opens = both(opens, on);
        on.ifPresent(yes -> effect(field, value, "opens=" + (yes ? "on" : "off")));
    }

    void clicks(String field, String value, Optional<Boolean> html, Optional<Boolean> text) {
        clicks = both(clicks, html);
        textClicks = both(textClicks, text);
        html.ifPresent(yes -> effect(field, value, "clicks=" + (yes ? "on" : "off")));
    }

    void campaign(String field, String value) {
        campaign = cut(HeaderText.decode(value), LONGEST_CAMPAIGN);
        effect(field, value, "campaign");
    }

    void tags(String field, String value) {
        for (String tag : HeaderText.decode(value, LONGEST_METADATA).split(",", -1)) {
            String one = cut(tag, LONGEST_TAG);
            if (!one.isEmpty() && tags.size() < MOST_TAGS) {
                tags.add(one);
            }
        }
        effect(field, value, "tags");
    }

    void metadata(String field, String value) {
        try {
            metadata.putAll(JsonText.object(HeaderText.decode(value, LONGEST_JSON)));
            effect(field, value, "metadata");
        } catch (JsonText.Malformed e) {
            wrong(field, String.valueOf(e.getMessage()));
        }
    }

    void domain(String field, String value) {
        domain = lower(value);
        effect(field, value, "tracking-domain");
    }

    void canonical(String name, String value) {
        String field = ControlFields.PREFIX + name;
        switch (name) {
            case "track" -> track(field, value);
            case "opens" -> {
                opens(field, value, flag(field, value));
                asked |= opens.orElse(false);
            }
            case "clicks" -> {
                switch (lower(value)) {
                    case "html" -> clicks(field, value, Optional.of(true), Optional.of(false));
                    case "text" -> clicks(field, value, Optional.of(false), Optional.of(true));
                    case "both" -> clicks(field, value, Optional.of(true), Optional.of(true));
                    default -> clicks(field, value, flag(field, value), Optional.empty());
                }
                asked |= clicks.orElse(false);
            }
            case "pixel" -> {
                switch (lower(value)) {
                    case "bottom" -> pixel = Optional.of(RewriteSettings.Placement.BOTTOM);
                    case "top" -> pixel = Optional.of(RewriteSettings.Placement.TOP);
                    case "both" -> pixel = Optional.of(RewriteSettings.Placement.BOTH);
                    case "placeholder" -> pixel = Optional.of(RewriteSettings.Placement.PLACEHOLDER);
                    default -> wrong(field, "bottom, top, both or placeholder is wanted");
                }
                effect(field, value, "pixel");
            }
            case "campaign" -> campaign(field, value);
            case "tags" -> tags(field, value);
            case "metadata" -> metadata(field, value);
            case "consent" -> {
                switch (lower(value)) {
                    case "individual" -> level = ControlFields.Level.INDIVIDUAL;
                    case "aggregate" -> level = ControlFields.Level.AGGREGATE;
                    case "none" -> level = ControlFields.Level.NONE;
                    default -> wrong(field, "individual, aggregate or none is wanted");
                }
                effect(field, value, "consent");
            }
            case "tracking-domain" -> domain(field, value);
            case "utm" -> utm = flag(field, value);
            default -> {
                // X-Signalpost-Pass, and names of later versions.
            }
        }
    }

    private void track(String field, String value) {
        switch (lower(value)) {
            case "all" -> {
                opens(field, value, Optional.of(true));
                clicks(field, value, Optional.of(true), Optional.empty());
                asked = true;
            }
            case "opens" -> {
                opens(field, value, Optional.of(true));
                clicks(field, value, Optional.of(false), Optional.of(false));
                asked = true;
            }
            case "clicks" -> {
                opens(field, value, Optional.of(false));
                clicks(field, value, Optional.of(true), Optional.empty());
                asked = true;
            }
            case "none" -> {
                optedOut = true;
                effect(field, value, "none");
            }
            default -> wrong(field, "all, opens, clicks or none is wanted");
        }
    }

    /** A vendor's field that wants no tracking at all. */
    void optOut(String field, String value) {
        optedOut = true;
        effect(field, value, "none");
    }

    /** Links with a visible address are to be left alone. */
    void preventScam() {
        preventScam = true;
    }

    /** One tag. */
    void tag(Object value) {
        tags.add(cut(String.valueOf(value), LONGEST_TAG));
    }

    /** One member of the metadata. */
    void member(String name, Object value) {
        metadata.put(name, value);
    }
}

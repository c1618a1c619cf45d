package org.signalpost.rewrite;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.signalpost.rewrite.mime.Fields;
import org.signalpost.rewrite.mime.HeaderText;

/**
 * What the control fields of a mail ask for, ours and the vendors'; all of them are stripped before it goes out.
 *
 * <p>Ours win; between vendors, off wins over on.
 *
 * @param opens what the mail says of opens
 * @param clicks what it says of links in HTML
 * @param textClicks what it says of links in text
 * @param optedOut whether it wants no tracking at all
 * @param asked whether a field of ours asks for tracking in so many words
 * @param pixel where it wants the pixel
 * @param campaign the campaign, or empty
 * @param tags the tags
 * @param metadata a JSON object, or empty
 * @param domain the host of the tracking address it wants, or empty
 * @param level how far its recipients may be told apart
 * @param utm what it says of UTM parameters
 * @param preventScam whether links with a visible address are to be left alone
 * @param effects each field that was read, and what it did
 * @param bad the fields that can't be read, in words; then the mail goes out untracked
 */
record ControlFields(
        Optional<Boolean> opens,
        Optional<Boolean> clicks,
        Optional<Boolean> textClicks,
        boolean optedOut,
        boolean asked,
        Optional<RewriteSettings.Placement> pixel,
        String campaign,
        List<String> tags,
        String metadata,
        String domain,
        Level level,
        Optional<Boolean> utm,
        boolean preventScam,
        List<Explanation.ControlLine> effects,
        List<String> bad) {
    /** What all of ours start with. */
    static final String PREFIX = "x-signalpost-";

    /** How far recipients may be told apart. */
    enum Level {
        /** Each has a track of their own. */
        INDIVIDUAL,
        /** All share one. */
        AGGREGATE,
        /** None is tracked. */
        NONE
    }

    /** Reads the fields of a mail. */
    static ControlFields of(Fields fields, RewriteSettings.Headers settings) {
        var vendors = new ControlReader();
        for (Dialect dialect : Dialect.values()) {
            if (settings.dialects().contains(dialect)) {
                for (Fields.Field field : fields.list()) {
                    if (dialect.owns(field.name())) {
                        vendors.read(dialect, field.name(), field.value());
                    }
                }
            }
        }
        var ours = new ControlReader();
        for (Fields.Field field : fields.list()) {
            if (field.name().startsWith(PREFIX)) {
                ours.canonical(field.name().substring(PREFIX.length()), field.value());
            }
        }
        return ours.over(vendors);
    }

    /** Collects what the fields of one side say. */
    private static final class ControlReader {
        private static final int LONGEST_CAMPAIGN = 255;
        private static final int MOST_TAGS = 10;
        private static final int LONGEST_TAG = 128;
        private static final int LONGEST_METADATA = 4_096;

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
        private Level level = Level.INDIVIDUAL;
        private Optional<Boolean> utm = Optional.empty();
        private boolean preventScam;
        private boolean smtpApiRead;
        private final List<Explanation.ControlLine> effects = new ArrayList<>();
        private final List<String> bad = new ArrayList<>();

        private ControlFields over(ControlReader vendors) {
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

        private void effect(String field, String value, String effect) {
            String shown = value.length() > 100 ? value.substring(0, 100) + "…" : value;
            effects.add(new Explanation.ControlLine(field, shown, effect));
        }

        private void wrong(String field, String wanted) {
            bad.add(field + ": " + wanted);
        }

        private static String lower(String text) {
            return text.strip().toLowerCase(Locale.ROOT);
        }

        private static String cut(String text, int longest) {
            String plain = text.replaceAll("[\\p{Cntrl}]", "").strip();
            return plain.substring(0, Math.min(plain.length(), longest));
        }

        private Optional<Boolean> flag(String field, String value) {
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

        private void opens(String field, String value, Optional<Boolean> on) {
            opens = both(opens, on);
            on.ifPresent(yes -> effect(field, value, "opens=" + (yes ? "on" : "off")));
        }

        private void clicks(String field, String value, Optional<Boolean> html, Optional<Boolean> text) {
            clicks = both(clicks, html);
            textClicks = both(textClicks, text);
            html.ifPresent(yes -> effect(field, value, "clicks=" + (yes ? "on" : "off")));
        }

        private void campaign(String field, String value) {
            campaign = cut(HeaderText.decode(value), LONGEST_CAMPAIGN);
            effect(field, value, "campaign");
        }

        private void tags(String field, String value) {
            for (String tag : HeaderText.decode(value).split(",", -1)) {
                String one = cut(tag, LONGEST_TAG);
                if (!one.isEmpty() && tags.size() < MOST_TAGS) {
                    tags.add(one);
                }
            }
            effect(field, value, "tags");
        }

        private void metadata(String field, String value) {
            try {
                metadata.putAll(JsonText.object(HeaderText.decode(value)));
                effect(field, value, "metadata");
            } catch (JsonText.Malformed e) {
                wrong(field, String.valueOf(e.getMessage()));
            }
        }

        private void domain(String field, String value) {
            domain = lower(value);
            effect(field, value, "tracking-domain");
        }

        private void canonical(String name, String value) {
            String field = PREFIX + name;
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
                        case "individual" -> level = Level.INDIVIDUAL;
                        case "aggregate" -> level = Level.AGGREGATE;
                        case "none" -> level = Level.NONE;
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

        private void read(Dialect dialect, String field, String value) {
            switch (dialect) {
                case MAILGUN -> mailgun(field, value);
                case SENDGRID -> {
                    // The first one wins.
                    if (!smtpApiRead) {
                        smtpApiRead = true;
                        json(field, value, this::sendGrid);
                    }
                }
                case SPARKPOST -> json(field, value, this::sparkPost);
                case MANDRILL -> mandrill(field, value);
                case POSTMARK -> postmark(field, value);
                case SES -> ses(field, value);
                case MAILJET -> mailjet(field, value);
                case SMTPETER -> smtpeter(field, value);
                case POSTAL -> {
                    if (lower(value).equals("skip")) {
                        optedOut = true;
                        effect(field, value, "none");
                    }
                }
                case LARAVEL -> {
                    optedOut = true;
                    effect(field, value, "none");
                }
            }
        }

        private void mailgun(String field, String value) {
            switch (field) {
                case "x-mailgun-track" -> {
                    Optional<Boolean> on = flag(field, value);
                    opens(field, value, on);
                    clicks(field, value, on, Optional.empty());
                }
                case "x-mailgun-track-opens" -> opens(field, value, flag(field, value));
                case "x-mailgun-track-clicks" -> {
                    boolean htmlOnly = lower(value).equals("htmlonly");
                    clicks(
                            field,
                            value,
                            htmlOnly ? Optional.of(true) : flag(field, value),
                            htmlOnly ? Optional.of(false) : Optional.empty());
                }
                case "x-mailgun-tag" -> tags(field, value);
                case "x-mailgun-variables" -> metadata(field, value);
                default -> {}
            }
        }

        /** What is done with the JSON of a field. */
        private interface Reading {
            void of(String field, String value, Map<?, ?> json);
        }

        private void json(String field, String value, Reading reading) {
            try {
                reading.of(field, value, JsonText.object(HeaderText.decode(value)));
            } catch (JsonText.Malformed e) {
                wrong(field, String.valueOf(e.getMessage()));
            }
        }

        private static Optional<Object> at(Map<?, ?> json, String... path) {
            Object here = json;
            for (String name : path) {
                if (!(here instanceof Map<?, ?> map) || !map.containsKey(name)) {
                    return Optional.empty();
                }
                here = map.get(name);
            }
            return Optional.ofNullable(here);
        }

        private Optional<Boolean> flagAt(String field, Map<?, ?> json, String... path) {
            return at(json, path).flatMap(value -> flag(field, String.valueOf(value)));
        }

        private void tagsOf(Optional<Object> value) {
            if (value.isPresent() && value.get() instanceof List<?> list) {
                list.forEach(tag -> tags.add(cut(String.valueOf(tag), LONGEST_TAG)));
            } else {
                value.ifPresent(tag -> tags.add(cut(String.valueOf(tag), LONGEST_TAG)));
            }
        }

        private void metadataOf(Optional<Object> value) {
            if (value.isPresent() && value.get() instanceof Map<?, ?> map) {
                map.forEach((name, member) -> metadata.put(String.valueOf(name), member));
            }
        }

        private void sendGrid(String field, String value, Map<?, ?> json) {
            clicks(
                    field,
                    value,
                    flagAt(field, json, "filters", "clicktrack", "settings", "enable"),
                    flagAt(field, json, "filters", "clicktrack", "settings", "enable_text"));
            opens(field, value, flagAt(field, json, "filters", "opentrack", "settings", "enable"));
            tagsOf(at(json, "category"));
            metadataOf(at(json, "unique_args"));
        }

        private void sparkPost(String field, String value, Map<?, ?> json) {
            opens(field, value, flagAt(field, json, "options", "open_tracking"));
            clicks(field, value, flagAt(field, json, "options", "click_tracking"), Optional.empty());
            at(json, "campaign_id").ifPresent(id -> campaign(field, String.valueOf(id)));
            tagsOf(at(json, "tags"));
            metadataOf(at(json, "metadata"));
        }

        private void mandrill(String field, String value) {
            switch (field) {
                case "x-mc-track" -> {
                    List<String> words = List.of(lower(value).split("[,\\s]+", -1));
                    boolean html = words.contains("clicks")
                            || words.contains("clicks_all")
                            || words.contains("clicks_htmlonly");
                    opens(field, value, Optional.of(words.contains("opens")));
                    clicks(
                            field,
                            value,
                            Optional.of(html),
                            Optional.of(words.contains("clicks_all") || words.contains("clicks_textonly")));
                }
                case "x-mc-tags" -> tags(field, value);
                case "x-mc-trackingdomain" -> domain(field, value);
                case "x-mc-metadata" -> metadata(field, value);
                case "x-mc-googleanalyticscampaign" -> campaign(field, value);
                default -> {}
            }
        }

        private void postmark(String field, String value) {
            switch (field) {
                case "x-pm-trackopens" -> opens(field, value, flag(field, value));
                case "x-pm-tracklinks" -> {
                    switch (lower(value)) {
                        case "none" -> clicks(field, value, Optional.of(false), Optional.of(false));
                        case "htmlandtext" -> clicks(field, value, Optional.of(true), Optional.of(true));
                        case "htmlonly" -> clicks(field, value, Optional.of(true), Optional.of(false));
                        case "textonly" -> clicks(field, value, Optional.of(false), Optional.of(true));
                        default -> wrong(field, "None, HtmlAndText, HtmlOnly or TextOnly is wanted");
                    }
                }
                case "x-pm-tag" -> tags(field, value);
                default -> {
                    if (field.startsWith("x-pm-metadata-")) {
                        metadata.put(field.substring("x-pm-metadata-".length()), cut(HeaderText.decode(value), 1_000));
                        effect(field, value, "metadata");
                    }
                }
            }
        }

        private void ses(String field, String value) {
            if (field.equals("x-ses-message-tags")) {
                for (String pair : value.split(",", -1)) {
                    int equals = pair.indexOf('=');
                    if (equals > 0) {
                        metadata.put(pair.substring(0, equals).strip(), cut(pair.substring(equals + 1), 1_000));
                    }
                }
                effect(field, value, "metadata");
            }
        }

        private void mailjet(String field, String value) {
            switch (field) {
                // 0 is off, 1 the account's default, 2 on.
                case "x-mailjet-trackopen" -> opens(field, value, mailjetFlag(field, value));
                case "x-mailjet-trackclick" -> clicks(field, value, mailjetFlag(field, value), Optional.empty());
                case "x-mailjet-campaign" -> campaign(field, value);
                case "x-mj-customid" -> metadata.put("customId", cut(HeaderText.decode(value), 1_000));
                case "x-mj-eventpayload" -> metadata.put("eventPayload", cut(HeaderText.decode(value), 1_000));
                default -> {}
            }
        }

        private Optional<Boolean> mailjetFlag(String field, String value) {
            return value.strip().equals("2") ? Optional.of(true) : flag(field, value);
        }

        private void smtpeter(String field, String value) {
            switch (field) {
                case "x-smtpeter-trackclicks" -> clicks(field, value, flag(field, value), Optional.empty());
                case "x-smtpeter-trackopens" -> opens(field, value, flag(field, value));
                case "x-smtpeter-tags" -> tags(field, value);
                case "x-smtpeter-preventscam" ->
                    preventScam |= flag(field, value).orElse(false);
                default -> {}
            }
        }
    }
}

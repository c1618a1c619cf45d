package org.signalpost.rewrite;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.signalpost.rewrite.mime.HeaderText;

/** Reads the control fields of other sending services into a {@link ControlReader}. One mail, one thread. */
final class VendorFields {
    private final ControlReader to;

    /** Of several X-SMTPAPI fields the first one counts. */
    private boolean smtpApiRead;

    VendorFields(ControlReader to) {
        this.to = to;
    }

    /** Reads one field of a dialect. */
    void read(Dialect dialect, String field, String value) {
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
                if (ControlReader.lower(value).equals("skip")) {
                    to.optOut(field, value);
                }
            }
            case LARAVEL -> to.optOut(field, value);
        }
    }

    private void mailgun(String field, String value) {
        switch (field) {
            case "x-mailgun-track" -> {
                Optional<Boolean> on = to.flag(field, value);
                to.opens(field, value, on);
                to.clicks(field, value, on, Optional.empty());
            }
            case "x-mailgun-track-opens" -> to.opens(field, value, to.flag(field, value));
            case "x-mailgun-track-clicks" -> {
                boolean htmlOnly = ControlReader.lower(value).equals("htmlonly");
                to.clicks(
                        field,
                        value,
                        htmlOnly ? Optional.of(true) : to.flag(field, value),
                        htmlOnly ? Optional.of(false) : Optional.empty());
            }
            case "x-mailgun-tag" -> to.tags(field, value);
            case "x-mailgun-variables" -> to.metadata(field, value);
            default -> {}
        }
    }

    /** What is done with the JSON of a field. */
    private interface Reading {
        void of(String field, String value, Map<?, ?> json);
    }

    private void json(String field, String value, Reading reading) {
        try {
            reading.of(field, value, JsonText.object(HeaderText.decode(value, ControlReader.LONGEST_JSON)));
        } catch (JsonText.Malformed e) {
            to.wrong(field, String.valueOf(e.getMessage()));
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
        return at(json, path).flatMap(value -> to.flag(field, String.valueOf(value)));
    }

    private void tagsOf(Optional<Object> value) {
        if (value.isPresent() && value.get() instanceof List<?> list) {
            list.forEach(tag -> to.tag(tag));
        } else {
            value.ifPresent(tag -> to.tag(tag));
        }
    }

    private void metadataOf(Optional<Object> value) {
        if (value.isPresent() && value.get() instanceof Map<?, ?> map) {
            map.forEach((name, member) -> to.member(String.valueOf(name), member));
        }
    }

    private void sendGrid(String field, String value, Map<?, ?> json) {
        to.clicks(
                field,
                value,
                flagAt(field, json, "filters", "clicktrack", "settings", "enable"),
                flagAt(field, json, "filters", "clicktrack", "settings", "enable_text"));
        to.opens(field, value, flagAt(field, json, "filters", "opentrack", "settings", "enable"));
        tagsOf(at(json, "category"));
        metadataOf(at(json, "unique_args"));
    }

    private void sparkPost(String field, String value, Map<?, ?> json) {
        to.opens(field, value, flagAt(field, json, "options", "open_tracking"));
        to.clicks(field, value, flagAt(field, json, "options", "click_tracking"), Optional.empty());
        at(json, "campaign_id").ifPresent(id -> to.campaign(field, String.valueOf(id)));
        tagsOf(at(json, "tags"));
        metadataOf(at(json, "metadata"));
    }

    private void mandrill(String field, String value) {
        switch (field) {
            case "x-mc-track" -> {
                List<String> words = List.of(ControlReader.lower(value).split("[,\\s]+", -1));
                boolean html =
                        words.contains("clicks") || words.contains("clicks_all") || words.contains("clicks_htmlonly");
                to.opens(field, value, Optional.of(words.contains("opens")));
                to.clicks(
                        field,
                        value,
                        Optional.of(html),
                        Optional.of(words.contains("clicks_all") || words.contains("clicks_textonly")));
            }
            case "x-mc-tags" -> to.tags(field, value);
            case "x-mc-trackingdomain" -> to.domain(field, value);
            case "x-mc-metadata" -> to.metadata(field, value);
            case "x-mc-googleanalyticscampaign" -> to.campaign(field, value);
            default -> {}
        }
    }

    private void postmark(String field, String value) {
        switch (field) {
            case "x-pm-trackopens" -> to.opens(field, value, to.flag(field, value));
            case "x-pm-tracklinks" -> {
                switch (ControlReader.lower(value)) {
                    case "none" -> to.clicks(field, value, Optional.of(false), Optional.of(false));
                    case "htmlandtext" -> to.clicks(field, value, Optional.of(true), Optional.of(true));
                    case "htmlonly" -> to.clicks(field, value, Optional.of(true), Optional.of(false));
                    case "textonly" -> to.clicks(field, value, Optional.of(false), Optional.of(true));
                    default -> to.wrong(field, "None, HtmlAndText, HtmlOnly or TextOnly is wanted");
                }
            }
            case "x-pm-tag" -> to.tags(field, value);
            default -> {
                if (field.startsWith("x-pm-metadata-")) {
                    to.member(
                            field.substring("x-pm-metadata-".length()),
                            ControlReader.cut(HeaderText.decode(value), 1_000));
                    to.effect(field, value, "metadata");
                }
            }
        }
    }

    private void ses(String field, String value) {
        if (field.equals("x-ses-message-tags")) {
            for (String pair : value.split(",", -1)) {
                int equals = pair.indexOf('=');
                if (equals > 0) {
                    to.member(pair.substring(0, equals).strip(), ControlReader.cut(pair.substring(equals + 1), 1_000));
                }
            }
            to.effect(field, value, "metadata");
        }
    }

    private void mailjet(String field, String value) {
        switch (field) {
            // 0 is off, 1 the account's default, 2 on.
            case "x-mailjet-trackopen" -> to.opens(field, value, mailjetFlag(field, value));
            case "x-mailjet-trackclick" -> to.clicks(field, value, mailjetFlag(field, value), Optional.empty());
            case "x-mailjet-campaign" -> to.campaign(field, value);
            case "x-mj-customid" -> to.member("customId", ControlReader.cut(HeaderText.decode(value), 1_000));
            case "x-mj-eventpayload" -> to.member("eventPayload", ControlReader.cut(HeaderText.decode(value), 1_000));
            default -> {}
        }
    }

    private Optional<Boolean> mailjetFlag(String field, String value) {
        return value.strip().equals("2") ? Optional.of(true) : to.flag(field, value);
    }

    private void smtpeter(String field, String value) {
        switch (field) {
            case "x-smtpeter-trackclicks" -> to.clicks(field, value, to.flag(field, value), Optional.empty());
            case "x-smtpeter-trackopens" -> to.opens(field, value, to.flag(field, value));
            case "x-smtpeter-tags" -> to.tags(field, value);
            case "x-smtpeter-preventscam" -> {
                if (to.flag(field, value).orElse(false)) {
                    to.preventScam();
                }
            }
            default -> {}
        }
    }
}

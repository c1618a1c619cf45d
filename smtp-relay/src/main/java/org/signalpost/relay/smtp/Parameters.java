package org.signalpost.relay.smtp;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.signalpost.relay.spool.Envelope;

/** What MAIL and RCPT say behind the address: SIZE, BODY, SMTPUTF8, AUTH (RFC 4954), and the four of RFC 3461. */
final class Parameters {
    private static final String XTEXT = "(?:[!-*,-<>-~]|\\+[2-6][0-9A-F]|\\+7[0-9A-E])*";
    private static final Pattern ENVID = Pattern.compile(XTEXT);
    private static final Pattern ORCPT = Pattern.compile("[A-Za-z0-9-]+;" + XTEXT);

    /** An address may come as it is where UTF-8 may (RFC 6533 section 3). */
    private static final Pattern ORCPT_UTF8 =
            Pattern.compile("[Uu][Tt][Ff]-8;(?:[!-*,-<>-~]|\\+[2-7][0-9A-F]|[^\\x00-\\x7F\\p{Cc}])*");

    private static final int LONGEST_ENVID = 100;
    private static final int LONGEST_ORCPT = 500;

    private Parameters() {}

    /** Those of MAIL; AUTH is known only where signing in is. */
    static Envelope.Wishes ofMail(Map<String, String> parameters, long maxMessage, boolean login) {
        boolean utf8 = false;
        var giveBack = Envelope.Return.UNSAID;
        String id = "";
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            String value = parameter.getValue();
            switch (parameter.getKey()) {
                case "SIZE" -> checkSize(value, maxMessage);
                case "BODY" -> check(word(value, "7BIT", "8BITMIME"), "501 5.5.4 BODY is 7BIT or 8BITMIME");
                case "SMTPUTF8" -> {
                    check(value.isEmpty(), "501 5.5.4 SMTPUTF8 has no value");
                    utf8 = true;
                }
                case "RET" -> {
                    check(word(value, "FULL", "HDRS"), "501 5.5.4 RET is FULL or HDRS");
                    giveBack = value.equalsIgnoreCase("FULL") ? Envelope.Return.FULL : Envelope.Return.HEADERS;
                }
                case "ENVID" -> {
                    boolean good = value.length() <= LONGEST_ENVID
                            && ENVID.matcher(value).matches();
                    check(good && !value.isEmpty(), "501 5.5.4 ENVID is xtext of at most 100 octets");
                    id = value;
                }
                case "AUTH" -> check(login, UNKNOWN);
                default -> throw new Refusal(UNKNOWN);
            }
        }
        return new Envelope.Wishes(utf8, giveBack, id);
    }

    private static final String UNKNOWN = "555 5.5.4 There is no such parameter";

    private static void check(boolean good, String reply) {
        if (!good) {
            throw new Refusal(reply);
        }
    }

    private static boolean word(String value, String one, String other) {
        return value.equalsIgnoreCase(one) || value.equalsIgnoreCase(other);
    }

    private static void checkSize(String value, long maxMessage) {
        check(value.matches("[0-9]+"), "501 5.5.4 SIZE is a number");
        // Counted before it is read: it may be longer than any number we have.
        check(value.length() <= 18 && Long.parseLong(value) <= maxMessage, "552 5.3.4 The mail is too large");
    }

    /** Those of RCPT. */
    static Envelope.Recipient ofRecipient(String address, Map<String, String> parameters, boolean utf8) {
        Set<Envelope.Notify> notices = Set.of();
        String original = "";
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            String value = parameter.getValue();
            switch (parameter.getKey()) {
                case "NOTIFY" -> notices = notices(value);
                case "ORCPT" -> {
                    boolean good = ORCPT.matcher(value).matches()
                            || (utf8 && ORCPT_UTF8.matcher(value).matches());
                    check(good && value.length() <= LONGEST_ORCPT, "501 5.5.4 ORCPT is a type, ; and xtext");
                    original = value;
                }
                default -> throw new Refusal(UNKNOWN);
            }
        }
        return new Envelope.Recipient(address, notices, original);
    }

    private static Set<Envelope.Notify> notices(String value) {
        var notices = EnumSet.noneOf(Envelope.Notify.class);
        for (String word : value.toUpperCase(Locale.ROOT).split(",", -1)) {
            check(
                    Set.of("NEVER", "SUCCESS", "FAILURE", "DELAY").contains(word)
                            && notices.add(Envelope.Notify.valueOf(word)),
                    NOTIFY);
        }
        check(!notices.contains(Envelope.Notify.NEVER) || notices.size() == 1, NOTIFY);
        return notices;
    }

    private static final String NOTIFY = "501 5.5.4 NOTIFY is NEVER, or of SUCCESS, FAILURE and DELAY";
}

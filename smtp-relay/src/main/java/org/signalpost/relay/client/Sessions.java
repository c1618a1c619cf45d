package org.signalpost.relay.client;

import jakarta.mail.Session;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;

/** The library's settings for each kind of connection. Safe to share. */
final class Sessions {
    private final String hostname;
    private final Trust trust;
    private final Map<Kind, Session> sessions = new ConcurrentHashMap<>();

    /** What differs between connections. */
    record Kind(Hop.Tls tls, boolean login, boolean utf8) {}

    Sessions(String hostname, Trust trust) {
        this.hostname = hostname;
        this.trust = trust;
    }

    Session of(Kind kind) {
        return sessions.computeIfAbsent(kind, this::make);
    }

    private Session make(Kind kind) {
        var properties = new Properties();
        properties.setProperty("mail.smtp.localhost", hostname);
        properties.setProperty("mail.smtp.quitwait", "false");
        // Whatever the copy contains is the recipient's: nothing is converted on the way.
        properties.setProperty("mail.smtp.allow8bitmime", "false");
        // With it every MAIL asks for SMTPUTF8, without it a UTF-8 address goes out as wrong octets.
        properties.setProperty("mail.mime.allowutf8", String.valueOf(kind.utf8()));
        if (kind.login()) {
            properties.setProperty("mail.smtp.auth", "true");
            properties.setProperty("mail.smtp.auth.mechanisms", "PLAIN LOGIN");
        }
        switch (kind.tls()) {
            case NONE, IMPLICIT -> {}
            case OPPORTUNISTIC -> {
                properties.setProperty("mail.smtp.starttls.enable", "true");
                properties.put("mail.smtp.ssl.socketFactory", new NotingFactory(trust.anybody()));
                properties.setProperty("mail.smtp.ssl.checkserveridentity", "false");
            }
            case REQUIRED -> {
                properties.setProperty("mail.smtp.starttls.enable", "true");
                properties.setProperty("mail.smtp.starttls.required", "true");
                properties.put("mail.smtp.ssl.socketFactory", new NotingFactory(trust.checking()));
            }
        }
        return Session.getInstance(properties);
    }
}

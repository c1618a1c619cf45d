package org.signalpost.http;

import java.nio.file.Path;
import org.signalpost.settings.CommonKeys;
import org.signalpost.settings.Settings;
import org.signalpost.track.TrackingUrls;

/**
 * What the HTTP side is to do. Immutable and safe to share.
 *
 * @param http how HTTP is answered
 * @param urls the addresses that stand in mails
 * @param databaseUrl the JDBC address, empty for H2 in {@code databaseFile}
 * @param databaseFile H2's file, without an ending
 * @param adminKey the key that may do everything, valid without a database
 */
public record TrackingSettings(
        HttpSettings http, TrackingUrls urls, String databaseUrl, Path databaseFile, String adminKey) {
    /** As the operator configured it. */
    public static TrackingSettings of(Settings settings, String adminKey) {
        return new TrackingSettings(
                HttpSettings.of(settings),
                settings.value(CommonKeys.PUBLIC_URL),
                settings.value(TrackingKeys.DATABASE_URL),
                settings.value(CommonKeys.DATA_DIRECTORY).resolve("db").resolve("signalpost"),
                adminKey);
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "TrackingSettings[" + http.listen() + ", " + urls + "]";
    }
}

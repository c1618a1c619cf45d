package org.signalpost.settings;

import java.nio.file.Path;
import java.util.List;
import org.signalpost.track.TrackingUrls;

/** The keys that every part of Signalpost reads. */
public final class CommonKeys {
    /** Where everything lives that has to survive a restart. */
    public static final Key<Path> DATA_DIRECTORY = new Key<>(
            "data.directory",
            "./data",
            "The folder for everything that has to survive a restart: logs, database, keys.",
            Path::of);

    /** The address that stands in every tracked mail. */
    public static final Key<TrackingUrls> PUBLIC_URL = new Key<>(
            "public.url",
            "http://127.0.0.1:8025",
            "The address under which recipients reach this server; it stands in every tracked mail.",
            TrackingUrls::new);

    /** All of them. */
    public static final List<Key<?>> KEYS = List.of(DATA_DIRECTORY, PUBLIC_URL);

    private CommonKeys() {}
}

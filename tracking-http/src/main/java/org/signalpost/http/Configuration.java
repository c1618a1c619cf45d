package org.signalpost.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.signalpost.process.DataDirectory;
import org.signalpost.settings.CommonKeys;
import org.signalpost.settings.ConfigurationException;
import org.signalpost.settings.Key;
import org.signalpost.settings.Settings;

/** Reads what the operator configured, for a start with a relay and for one without. */
public final class Configuration {
    private Configuration() {}

    /**
     * Reads a file; the environment wins.
     *
     * @throws ConfigurationException one sentence that says where and why
     */
    public static Settings load(Path file, Map<String, String> environment, Collection<? extends Key<?>> keys) {
        try {
            return read(file.toString(), Files.readString(file), environment, keys);
        } catch (IOException e) {
            throw new ConfigurationException(file + " can't be read: " + DataDirectory.reason(e), e);
        }
    }

    /**
     * Reads the text of a file. Whoever moves the port of a trial installation means the links in its mail to follow.
     *
     * @param source what to call the file in a message
     */
    public static Settings read(
            String source, String text, Map<String, String> environment, Collection<? extends Key<?>> keys) {
        Settings read = Settings.read(source, text, environment, keys);
        InetSocketAddress http = read.value(TrackingKeys.HTTP_LISTEN);
        boolean elsewhere = read.given(TrackingKeys.HTTP_LISTEN) && http.getPort() != 0;
        if (!elsewhere
                || read.given(CommonKeys.PUBLIC_URL)
                || !http.getAddress().isLoopbackAddress()) {
            return read;
        }
        var more = new HashMap<>(environment);
        more.put(CommonKeys.PUBLIC_URL.variable(), "http://127.0.0.1:" + http.getPort());
        return Settings.read(source, text, more, keys);
    }
}

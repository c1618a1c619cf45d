package org.signalpost.james;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The files of {@code config/james} as they are shipped, with the values of a test in place of the examples. */
public final class Shipped {
    /** The checkout that is tested. */
    public static final Path CHECKOUT = Path.of(System.getProperty("signalpost.checkout", "../.."))
            .toAbsolutePath()
            .normalize();

    private Shipped() {}

    /**
     * Where tracks are registered, and with what.
     *
     * @param trackingUrl what stands in mails
     * @param server where the call goes to
     * @param apiKey what it is made with
     * @param signingKeys the text of the key ring
     * @param timeout how long a mail may wait for it, as an operator writes it
     */
    public record Signalpost(String trackingUrl, String server, String apiKey, String signingKeys, String timeout) {
        /** For a server that does not look at keys; all octets of the key ring are zero. */
        public static Signalpost at(String server) {
            String zero = "00".repeat(32);
            return new Signalpost(
                    "https://t.example",
                    server,
                    "ms_live_0",
                    "1 " + zero + "\nactive 1\ntrack-ids " + zero + "\n",
                    "3s");
        }

        /** The same with all the time that a busy machine may need. */
        public Signalpost patiently() {
            return new Signalpost(trackingUrl, server, apiKey, signingKeys, "25s");
        }
    }

    /** The text of a file; the key files are put below {@code directory}. */
    public static String text(String name, Signalpost signalpost, Path directory) throws IOException {
        Path key = Files.writeString(directory.resolve("james.key"), signalpost.apiKey() + "\n");
        Path keys = Files.writeString(directory.resolve("signing.keys"), signalpost.signingKeys());
        var values = new LinkedHashMap<String, String>();
        values.put("https://t.example.org", signalpost.trackingUrl());
        values.put("http://127.0.0.1:8025", signalpost.server());
        values.put("/etc/signalpost/james.key", key.toString());
        values.put("/etc/signalpost/signing.keys", keys.toString());
        // The tests want to see every call.
        values.put(
                "<onMailetException>",
                "<timeout>" + signalpost.timeout() + "</timeout><retryAfter>1ms</retryAfter><onMailetException>");
        String text =
                Files.readString(CHECKOUT.resolve("config").resolve("james").resolve(name));
        for (Map.Entry<String, String> value : values.entrySet()) {
            if (!text.contains(value.getKey())) {
                throw new AssertionError("no " + value.getKey() + " in " + name);
            }
            text = text.replace(value.getKey(), value.getValue());
        }
        return text;
    }
}

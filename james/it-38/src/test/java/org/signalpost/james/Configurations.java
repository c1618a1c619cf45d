package org.signalpost.james;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The processors of a James under test: ours as they are shipped in {@code config/james}, and the gateway. */
final class Configurations {
    private final Path directory;
    private final int gateway;

    /** Key files are put below {@code directory}; mail that leaves goes to this port. */
    Configurations(Path directory, int gateway) {
        this.directory = directory;
        this.gateway = gateway;
    }

    /**
     * Where tracks are registered, and with what.
     *
     * @param trackingUrl what stands in mails
     * @param server where the call goes to
     * @param apiKey what it is made with
     * @param signingKeys the text of the key ring
     */
    record Signalpost(String trackingUrl, String server, String apiKey, String signingKeys) {
        /** For a server that does not look at keys. */
        static Signalpost at(String server) {
            String zero = "00".repeat(32);
            return new Signalpost(
                    "https://t.example", server, "ms_live_0", "1 " + zero + "\nactive 1\ntrack-ids " + zero + "\n");
        }
    }

    /** Local recipients are tracked as well. */
    String allMail(Signalpost signalpost) throws IOException {
        return RunningJames.shipped("all-mail-processors.xml", values(signalpost)) + relay("");
    }

    /** The standard processors, with ours first in {@code relay}. */
    String leavingMail(Signalpost signalpost) throws IOException {
        return """
                <processor state="transport" enableJmx="false">
                  <mailet match="All" class="RemoveMimeHeader"><name>bcc</name></mailet>
                  <mailet match="RecipientIsLocal" class="LocalDelivery"/>
                  <mailet match="SMTPAuthSuccessful" class="ToProcessor"><processor>relay</processor></mailet>
                  <mailet match="All" class="ToProcessor"><processor>error</processor></mailet>
                </processor>
                """ + relay(RunningJames.shipped("relay-processor.xml", values(signalpost)));
    }

    private Map<String, String> values(Signalpost signalpost) throws IOException {
        Path key = Files.writeString(directory.resolve("james.key"), signalpost.apiKey() + "\n");
        Path keys = Files.writeString(directory.resolve("signing.keys"), signalpost.signingKeys());
        var values = new LinkedHashMap<String, String>();
        values.put("https://t.example.org", signalpost.trackingUrl());
        values.put("http://127.0.0.1:8025", signalpost.server());
        values.put("/etc/signalpost/james.key", key.toString());
        values.put("/etc/signalpost/signing.keys", keys.toString());
        // The tests have little time, and want to see every call.
        values.put("<onMailetException>", "<timeout>1s</timeout><retryAfter>1ms</retryAfter><onMailetException>");
        return values;
    }

    private String relay(String first) {
        return """
                <processor state="relay" enableJmx="false">
                  %s
                  <mailet match="All" class="RemoteDelivery">
                    <outgoingQueue>outgoing</outgoingQueue>
                    <delayTime>1000</delayTime>
                    <maxRetries>1</maxRetries>
                    <deliveryThreads>2</deliveryThreads>
                    <sendpartial>true</sendpartial>
                    <bounceProcessor>error</bounceProcessor>
                    <gateway>127.0.0.1</gateway>
                    <gatewayPort>%d</gatewayPort>
                  </mailet>
                </processor>
                """.formatted(first, gateway);
    }
}

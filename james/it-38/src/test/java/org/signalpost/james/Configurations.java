package org.signalpost.james;

import java.io.IOException;
import java.nio.file.Path;

/** The processors of a James under test: ours as they are shipped in {@code config/james}, and the gateway. */
final class Configurations {
    private final Path directory;
    private final int gateway;

    /** Key files are put below {@code directory}; mail that leaves goes to this port. */
    Configurations(Path directory, int gateway) {
        this.directory = directory;
        this.gateway = gateway;
    }

    /** Local recipients are tracked as well. */
    String allMail(Shipped.Signalpost signalpost) throws IOException {
        return Shipped.text("all-mail-processors.xml", signalpost, directory) + relay("");
    }

    /** The standard processors, with ours first in {@code relay}. */
    String leavingMail(Shipped.Signalpost signalpost) throws IOException {
        return """
                <processor state="transport" enableJmx="false">
                  <mailet match="All" class="RemoveMimeHeader"><name>bcc</name></mailet>
                  <mailet match="RecipientIsLocal" class="LocalDelivery"/>
                  <mailet match="SMTPAuthSuccessful" class="ToProcessor"><processor>relay</processor></mailet>
                  <mailet match="All" class="ToProcessor"><processor>error</processor></mailet>
                </processor>
                """ + relay(Shipped.text("relay-processor.xml", signalpost, directory));
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

package org.signalpost.mailet;

import jakarta.mail.MessagingException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMailet;

/**
 * Tracks the opens and clicks of mail that James sends: one pixel, wrapped links, one copy for each recipient.
 *
 * <p>In {@code conf/mailetcontainer.xml} it stands behind everything that changes header fields and in front of
 * everything that signs, which in the standard configuration is first in the processor {@code relay}:
 *
 * <pre>{@code
 * <mailet match="SMTPAuthSuccessful" class="org.signalpost.mailet.AddTracking">
 *   <trackingUrl>https://t.example.org</trackingUrl>
 *   <apiKeyFile>/etc/signalpost/james.key</apiKeyFile>
 *   <signingKeysFile>/etc/signalpost/signing.keys</signingKeysFile>
 *   <onMailetException>ignore</onMailetException>
 * </mailet>
 * }</pre>
 *
 * <p>{@link Parameters} lists all parameters. A parameter that can't be used stops the start of James; nothing else of
 * ours ever does, and {@link #service} never throws: whatever goes wrong, the mail goes on as it came. The tracks are
 * registered with tracking-http before a copy goes out; that takes at most the time {@code timeout} says. Safe for any
 * number of threads, as James wants it.
 */
public class AddTracking extends GenericMailet {
    private final InstantSource clock;
    private Optional<HttpTracks> tracks = Optional.empty();
    private Optional<Tracking> tracking = Optional.empty();

    /** As James makes it. */
    public AddTracking() {
        this(InstantSource.system());
    }

    AddTracking(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Reads the parameters and the key files; connects to nothing.
     *
     * @throws MessagingException when a parameter is unknown, missing or can't be used; its message says which and why
     */
    @Override
    public void init() throws MessagingException {
        checkInitParameters(Parameters.NAMES);
        Parameters parameters;
        try {
            parameters = Parameters.of(given());
        } catch (IllegalArgumentException e) {
            throw new MessagingException("org.signalpost.mailet.AddTracking: " + e.getMessage(), e);
        }
        var http = new HttpTracks(parameters.server(), clock);
        tracks = Optional.of(http);
        tracking = Optional.of(new Tracking(parameters, http, getMailetContext(), clock));
    }

    private Map<String, String> given() {
        var given = new HashMap<String, String>();
        Iterator<String> names = getInitParameterNames();
        while (names.hasNext()) {
            String name = names.next();
            given.put(name, getInitParameter(name, "").strip());
        }
        return given;
    }

    /** Tracks the mail, or lets it go on as it is; never throws. */
    @Override
    public void service(Mail mail) {
        tracking.ifPresent(work -> work.on(mail));
    }

    /** Closes the connections to tracking-http. */
    @Override
    public void destroy() {
        tracks.ifPresent(HttpTracks::close);
    }

    /** One line for James's list of mailets. */
    @Override
    public String getMailetInfo() {
        return "Signalpost open and click tracking";
    }
}

package org.signalpost.relay;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.signalpost.relay.smtp.SmtpSettings;
import org.signalpost.relay.tls.ServerCertificate;
import org.signalpost.settings.Addresses;
import org.signalpost.settings.ConfigurationException;
import org.signalpost.settings.Settings;

/** What the operator configured of receiving. Immutable and safe to share. */
final class ReceivingSettings {
    private final Settings settings;

    /** Checks what one value says against the others. */
    ReceivingSettings(Settings settings) {
        this.settings = settings;
        if (settings.value(SmtpKeys.MAX_RECIPIENTS) > 3_000) {
            throw new ConfigurationException("smtp.max-recipients: at most 3000 are kept with one mail");
        }
        if (settings.given(SmtpKeys.CERTIFICATE) != settings.given(SmtpKeys.CERTIFICATE_KEY)) {
            throw new ConfigurationException("smtp.tls.certificate and smtp.tls.key belong together: one is missing");
        }
        if (addresses().isEmpty()) {
            throw new ConfigurationException("smtp.listen = : an address is wanted here or in smtp.listen-tls");
        }
        checkTls();
        checkProxied();
    }

    private boolean hasCertificate() {
        return settings.given(SmtpKeys.CERTIFICATE);
    }

    private void checkTls() {
        List<InetSocketAddress> tls = settings.value(SmtpKeys.LISTEN_TLS);
        if (!tls.isEmpty() && !hasCertificate()) {
            throw new ConfigurationException(
                    "smtp.listen-tls = " + Addresses.written(tls.getFirst()) + ": smtp.tls.certificate is not set");
        }
        Optional<InetSocketAddress> open = settings.value(SmtpKeys.SMTP_LISTEN).stream()
                .filter(address -> !address.getAddress().isLoopbackAddress())
                .findFirst();
        if (open.isPresent() && !hasCertificate() && !settings.value(SmtpKeys.ALLOW_INSECURE)) {
            throw new ConfigurationException("smtp.listen = " + Addresses.written(open.get())
                    + ": others reach it, so TLS is wanted (smtp.tls.certificate), or smtp.allow-insecure = true");
        }
    }

    private void checkProxied() {
        settings.value(SmtpKeys.PROXY_PROTOCOL).stream()
                .filter(Predicate.not(addresses()::contains))
                .findFirst()
                .ifPresent(stranger -> {
                    throw new ConfigurationException("smtp.proxy-protocol = " + Addresses.written(stranger)
                            + ": it is neither in smtp.listen nor in smtp.listen-tls");
                });
    }

    /** Where mail is taken, the plain addresses first. */
    List<InetSocketAddress> addresses() {
        return Stream.of(SmtpKeys.SMTP_LISTEN, SmtpKeys.LISTEN_TLS)
                .flatMap(key -> settings.value(key).stream())
                .toList();
    }

    /** The certificate that the files hold, if there are files. Reads them. */
    Optional<ServerCertificate> certificate(InstantSource clock) {
        return hasCertificate()
                ? Optional.of(ServerCertificate.open(
                        Path.of(settings.value(SmtpKeys.CERTIFICATE)),
                        Path.of(settings.value(SmtpKeys.CERTIFICATE_KEY)),
                        clock))
                : Optional.empty();
    }

    SmtpSettings smtp(String hostname) {
        return new SmtpSettings(
                Stream.concat(
                                settings.value(SmtpKeys.SMTP_LISTEN).stream()
                                        .map(address -> door(address, /* tls= */ false)),
                                settings.value(SmtpKeys.LISTEN_TLS).stream()
                                        .map(address -> door(address, /* tls= */ true)))
                        .toList(),
                hostname,
                new SmtpSettings.Rules(
                        settings.value(SmtpKeys.TRUSTED_NETWORKS),
                        settings.value(SmtpKeys.SENDER_OWNERSHIP),
                        settings.value(SmtpKeys.BARE_NEWLINE),
                        settings.value(SmtpKeys.MAX_MESSAGE).octets(),
                        settings.value(SmtpKeys.MAX_RECIPIENTS)),
                new SmtpSettings.Limits(
                        settings.value(SmtpKeys.MAX_CONNECTIONS),
                        settings.value(SmtpKeys.MAX_PER_CLIENT),
                        settings.value(SmtpKeys.MAX_ERRORS),
                        settings.value(SmtpKeys.MAX_JUNK),
                        settings.value(SmtpKeys.MAX_HOPS)),
                new SmtpSettings.Patience(
                        settings.value(SmtpKeys.COMMAND_TIMEOUT),
                        settings.value(SmtpKeys.STRESS_TIMEOUT),
                        settings.value(SmtpKeys.MIN_RATE).octets(),
                        greeting()));
    }

    private SmtpSettings.Door door(InetSocketAddress address, boolean tls) {
        return new SmtpSettings.Door(
                address, tls, settings.value(SmtpKeys.PROXY_PROTOCOL).contains(address));
    }

    private Duration greeting() {
        Duration pause = settings.value(SmtpKeys.GREETING_PAUSE);
        if (pause.compareTo(Duration.ofMinutes(1)) > 0) {
            throw new ConfigurationException(
                    "smtp.greeting-pause = " + pause.toSeconds() + "s: clients do not wait so long, 60s is the most");
        }
        return pause;
    }
}

package org.signalpost.http;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.logging.LogbackMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.signalpost.journal.Journal;

/**
 * What is counted and measured, in the text that Prometheus reads. Nothing in it names a person: no addresses, no
 * subjects, no tokens. Safe to share; owns its binders until {@link #close}.
 */
public final class Metrics implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final LogbackMetrics log = new LogbackMetrics();

    /** With the figures of the process; errors in the log, which alarms are, are counted too. */
    public Metrics() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        collections.bindTo(registry);
        log.bindTo(registry);
    }

    /** Where others count. */
    public MeterRegistry registry() {
        return registry;
    }

    /** Shows what a log writes, under this name; call once for each. */
    public void show(String name, Journal log) {
        FunctionCounter.builder("signalpost.log.octets", log, it -> it.figures().octets())
                .tag("log", name)
                .description("Octets that were written and forced to disk")
                .register(registry);
        FunctionTimer.builder(
                        "signalpost.log.forces",
                        log,
                        it -> it.figures().groups(),
                        it -> it.figures().nanos(),
                        TimeUnit.NANOSECONDS)
                .tag("log", name)
                .description("Groups of records, and the time that writing and forcing took")
                .register(registry);
    }

    /** The answer to Prometheus. */
    Reply scrape() {
        return Reply.of(200, "text/plain; version=0.0.4; charset=utf-8", text().getBytes(StandardCharsets.UTF_8))
                .with("Cache-Control", "no-store");
    }

    String text() {
        return registry.scrape();
    }

    @Override
    public void close() {
        collections.close();
        log.close();
        registry.close();
    }
}

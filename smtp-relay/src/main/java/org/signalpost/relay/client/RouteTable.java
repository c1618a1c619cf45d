package org.signalpost.relay.client;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.signalpost.relay.delivery.Courier;
import org.signalpost.relay.delivery.Couriers;

/** Where mail goes: exceptions by the recipient's domain, else one way for all, or each domain's own. Safe to share. */
public final class RouteTable implements Couriers {
    private final Map<String, String> exceptions;
    private final Map<String, Courier> couriers = new HashMap<>();
    private final Optional<String> usual;
    private final Courier otherwise;

    private RouteTable(
            Map<String, String> exceptions, Map<String, Courier> known, Optional<String> usual, Courier otherwise) {
        this.exceptions = Map.copyOf(exceptions);
        this.couriers.putAll(known);
        this.usual = usual;
        this.otherwise = otherwise;
    }

    /** Everything goes one way, called {@code name}. */
    public static RouteTable one(String name, Courier courier) {
        return new RouteTable(Map.of(), Map.of(name, courier), Optional.of(name), courier);
    }

    /** Each domain is a way of its own, and {@code courier} finds all of them. */
    public static RouteTable domains(Courier courier) {
        return new RouteTable(Map.of(), Map.of(), Optional.empty(), courier);
    }

    /** The same, but mail for these domains goes to those hops. */
    public RouteTable except(Map<String, Hop> hops, SmtpPool pool) {
        var names = new HashMap<String, String>();
        var known = new HashMap<>(couriers);
        hops.forEach((domain, hop) -> {
            names.put(domain.toLowerCase(Locale.ROOT), hop.toString());
            known.putIfAbsent(hop.toString(), new SmartHost(hop, pool));
        });
        return new RouteTable(names, known, usual, otherwise);
    }

    @Override
    public String route(String recipient) {
        String domain = recipient.substring(recipient.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
        return Optional.ofNullable(exceptions.get(domain)).or(() -> usual).orElse(domain);
    }

    @Override
    public Courier courier(String route) {
        return couriers.getOrDefault(route, otherwise);
    }
}

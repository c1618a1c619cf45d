package org.signalpost.relay.dns;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.signalpost.relay.dns.Destination.Host;
import org.signalpost.relay.dns.NameServers.Answer;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Address;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/** Finds the hosts that take mail for a domain (RFC 5321 section 5.1). Safe to call from any thread; blocks. */
public final class MxLookup {
    private static final int MOST_HOSTS = 5;

    /** Hosts of one domain whose addresses are asked for, usable or not. */
    private static final int MOST_ASKED = 10;

    private final NameServers servers;
    private final Identity identity;
    private final RandomGenerator random;

    /**
     * Asks these name servers, or the system's when there are none.
     *
     * @param patience how long each is waited for; each is asked twice
     * @param identity who we are
     * @param random shuffles hosts of the same preference; safe to share
     */
    public MxLookup(List<InetSocketAddress> servers, Duration patience, Identity identity, RandomGenerator random) {
        this.servers = new NameServers(servers, patience);
        this.identity = identity;
        this.random = random;
    }

    /**
     * Where mail for the domain goes.
     *
     * <p>A host whose addresses can't be found is passed over. Our own name or address ends the list: hosts that are
     * not preferred to ourselves are left out.
     *
     * @param domain a name in ASCII, or an address in brackets as RFC 5321 section 4.1.3 writes it
     */
    public Destination destination(String domain) {
        if (domain.startsWith("[")) {
            return literal(domain);
        }
        Name name;
        try {
            name = Name.fromString(domain, Name.root);
        } catch (TextParseException e) {
            return new Destination.NoSuchDomain(domain + " is not the name of a domain");
        }
        return switch (servers.ask(name, Type.MX)) {
            case Answer.Found found -> exchangers(found.records(), domain);
            case Answer.NoRecord none -> hosts(List.of(new Exchanger(name, 0)), domain);
            case Answer.NoName none -> new Destination.NoSuchDomain("there is no domain " + domain);
            case Answer.None none -> new Destination.Failed(none.reason());
        };
    }

    private Destination literal(String domain) {
        String text = domain.substring(1, Math.max(domain.length() - 1, 1));
        boolean six = text.toLowerCase(Locale.ROOT).startsWith("ipv6:");
        try {
            InetAddress address =
                    Address.getByAddress(six ? text.substring(5) : text, six ? Address.IPv6 : Address.IPv4);
            return identity.addresses().test(address)
                    ? new Destination.Ourselves()
                    : new Destination.Hosts(List.of(new Host(address.getHostAddress(), List.of(address))));
        } catch (UnknownHostException e) {
            return new Destination.NoSuchDomain(domain + " is not an address");
        }
    }

    /** One that DNS names, with its preference: less is better. */
    private record Exchanger(Name target, int preference) {
        private String name() {
            return target.toString(/* omitFinalDot= */ true).toLowerCase(Locale.ROOT);
        }
    }

    private Destination exchangers(List<Record> records, String domain) {
        var exchangers = new ArrayList<Exchanger>();
        for (Record one : records) {
            // The root as a host takes no mail (RFC 7505), and among others it is a mistake.
            if (one instanceof MXRecord mx && !mx.getTarget().equals(Name.root)) {
                exchangers.add(new Exchanger(mx.getTarget(), mx.getPriority()));
            }
        }
        if (exchangers.isEmpty()) {
            return new Destination.NullMx();
        }
        Collections.shuffle(exchangers, random);
        exchangers.sort(Comparator.comparingInt(Exchanger::preference));
        return hosts(exchangers, domain);
    }

    private Destination hosts(List<Exchanger> exchangers, String domain) {
        int ours = exchangers.stream()
                .filter(exchanger -> identity.hasName(exchanger.name()))
                .mapToInt(Exchanger::preference)
                .min()
                .orElse(Integer.MAX_VALUE);
        var found = new ArrayList<Found>();
        var failures = new ArrayList<String>();
        for (Exchanger exchanger : exchangers.subList(0, Math.min(MOST_ASKED, exchangers.size()))) {
            if (exchanger.preference() >= ours || found.size() == MOST_HOSTS) {
                break;
            }
            List<InetAddress> addresses = addresses(exchanger, failures);
            if (addresses.stream().anyMatch(identity.addresses())) {
                ours = exchanger.preference();
            } else if (!addresses.isEmpty()) {
                found.add(new Found(new Host(exchanger.name(), firstOfEach(addresses)), exchanger.preference()));
            }
        }
        int limit = ours;
        List<Host> hosts = found.stream()
                .filter(one -> one.preference() < limit)
                .map(Found::host)
                .toList();
        if (!hosts.isEmpty()) {
            return new Destination.Hosts(hosts);
        }
        if (!failures.isEmpty()) {
            return new Destination.Failed(failures.getFirst());
        }
        return limit < Integer.MAX_VALUE
                ? new Destination.Ourselves()
                : new Destination.NoSuchDomain("no mail host of " + domain + " has an address");
    }

    private record Found(Host host, int preference) {}

    /** All of them, IPv4 first; what could not be found out is added to the failures. */
    private List<InetAddress> addresses(Exchanger exchanger, List<String> failures) {
        var addresses = new ArrayList<InetAddress>();
        for (int type : List.of(Type.A, Type.AAAA)) {
            switch (servers.ask(exchanger.target(), type)) {
                case Answer.Found found -> {
                    for (Record one : found.records()) {
                        addresses.add(named(exchanger.name(), one));
                    }
                }
                case Answer.None none -> failures.add(none.reason());
                case Answer.NoRecord none -> {}
                case Answer.NoName none -> {}
            }
        }
        return addresses;
    }

    /** With the host's name, so that nobody looks it up backwards, and its certificate can be checked. */
    private static InetAddress named(String name, Record address) {
        try {
            return InetAddress.getByAddress(
                    name,
                    switch (address) {
                        case ARecord four -> four.getAddress().getAddress();
                        case AAAARecord six -> six.getAddress().getAddress();
                        default -> throw new IllegalStateException("asked for addresses, got " + address);
                    });
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of another length", e);
        }
    }

    /** The first IPv4 and the first IPv6 address; two of the same kind where there is no other. */
    private static List<InetAddress> firstOfEach(List<InetAddress> addresses) {
        InetAddress first = addresses.getFirst();
        InetAddress second = addresses.stream()
                .filter(address -> address.getClass() != first.getClass())
                .findFirst()
                .orElse(addresses.get(Math.min(1, addresses.size() - 1)));
        return first.equals(second) ? List.of(first) : List.of(first, second);
    }
}

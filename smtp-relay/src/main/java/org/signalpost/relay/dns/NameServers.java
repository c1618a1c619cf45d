package org.signalpost.relay.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.xbill.DNS.Cache;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Lookup;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.Type;

/** Asks name servers, and remembers what they say for as long as they allow, at most five minutes. Safe to share. */
final class NameServers {
    private static final int MOST_REMEMBERED = 10_000;
    private static final int SECONDS = 300;
    private static final int SECONDS_ABSENT = 60;
    private static final int ATTEMPTS = 2;

    /** How late the library may notice that an attempt has taken too long. */
    private static final Duration GRAIN = Duration.ofSeconds(1);

    private final ExtendedResolver resolver;
    private final Cache cache = new Cache(DClass.IN);

    /** Asks these, or the system's when there are none; each is waited for so long, twice. */
    NameServers(List<InetSocketAddress> servers, Duration patience) {
        List<InetSocketAddress> asked =
                servers.isEmpty() ? ResolverConfig.getCurrentConfig().servers() : servers;
        resolver = new ExtendedResolver(asked.stream().map(NameServer::new).toArray(Resolver[]::new));
        for (Resolver one : resolver.getResolvers()) {
            one.setTimeout(patience);
        }
        resolver.setRetries(ATTEMPTS);
        resolver.setTimeout(patience.plus(GRAIN).multipliedBy((long) ATTEMPTS * resolver.getResolvers().length));
        cache.setMaxEntries(MOST_REMEMBERED);
        cache.setMaxCache(SECONDS);
        cache.setMaxNCache(SECONDS_ABSENT);
    }

    /** What the name servers say. */
    sealed interface Answer {
        /** The records, at least one; aliases were followed. */
        record Found(List<Record> records) implements Answer {
            /** Copies the list. */
            public Found {
                records = List.copyOf(records);
            }
        }

        /** The name exists, but has no such record. */
        record NoRecord() implements Answer {}

        /** There is no such name. */
        record NoName() implements Answer {}

        /** No answer, or none that can be used. */
        record None(String reason) implements Answer {}
    }

    /** Asks for records of one type; blocks. */
    Answer ask(Name name, int type) {
        var lookup = new Lookup(name, type);
        lookup.setResolver(resolver);
        lookup.setCache(cache);
        lookup.setHostsFileParser(null);
        lookup.run();
        return switch (lookup.getResult()) {
            case Lookup.SUCCESSFUL -> new Answer.Found(List.of(lookup.getAnswers()));
            case Lookup.TYPE_NOT_FOUND -> new Answer.NoRecord();
            case Lookup.HOST_NOT_FOUND -> new Answer.NoName();
            default ->
                new Answer.None("no answer from DNS for " + Type.string(type) + " of "
                        + name.toString(/* omitFinalDot= */ true) + ": " + lookup.getErrorString());
        };
    }
}

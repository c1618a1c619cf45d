package org.signalpost.relay.dns;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Who we are in DNS, so that mail does not go round in circles. Immutable and safe to share.
 *
 * @param names our host names, without a dot at the end
 * @param addresses tells the addresses at which mail would reach us
 */
public record Identity(Set<String> names, Predicate<InetAddress> addresses) {
    /** Copies the names in lower case. */
    public Identity {
        names = names.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }

    boolean hasName(String name) {
        return names.contains(name.toLowerCase(Locale.ROOT));
    }
}

package org.signalpost.store;

import java.util.regex.Pattern;

/** Addresses as the books keep them: the network only, /24 for IPv4 and /48 for IPv6. */
final class Truncated {
    private static final Pattern IPV4 = Pattern.compile("(?:.*:)?([0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3})\\.[0-9]{1,3}");

    private Truncated() {}

    /** The network of a numeric address; empty for anything else. */
    static String network(String address) {
        var four = IPV4.matcher(address);
        if (four.matches()) {
            return four.group(1) + ".0";
        }
        if (address.indexOf(':') < 0) {
            return "";
        }
        String[] groups = address.split("%", 2)[0].split(":", -1);
        var network = new StringBuilder();
        for (int i = 0; i < 3 && i < groups.length && !groups[i].isEmpty(); i++) {
            network.append(groups[i]).append(':');
        }
        return network.isEmpty() ? "::" : network + ":";
    }
}

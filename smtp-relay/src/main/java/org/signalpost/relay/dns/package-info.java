/** Finds the hosts that take mail for a domain, by asking DNS. */
@NullMarked
package org.signalpost.relay.dns;

import org.jspecify.annotations.NullMarked;

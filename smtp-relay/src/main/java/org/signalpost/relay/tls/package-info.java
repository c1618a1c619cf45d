/** Who we are to clients, and whom we believe of peers, under TLS. */
@NullMarked
package org.signalpost.relay.tls;

import org.jspecify.annotations.NullMarked;

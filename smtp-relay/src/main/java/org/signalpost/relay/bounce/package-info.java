/** Writes the notices that tell a sender what became of a mail (RFC 3464), and the small formats around them. */
@NullMarked
package org.signalpost.relay.bounce;

import org.jspecify.annotations.NullMarked;

/** Signs copies as the domain in their From field (RFC 6376, RFC 8463), and reads who has signed before. */
@NullMarked
package org.signalpost.relay.dkim;

import org.jspecify.annotations.NullMarked;

/** Keeps accepted mail on disk until every recipient is settled. */
@NullMarked
package org.signalpost.relay.spool;

import org.jspecify.annotations.NullMarked;

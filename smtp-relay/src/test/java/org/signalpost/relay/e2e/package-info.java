/** The program as a whole, started by its start script and used from outside. */
@NullMarked
package org.signalpost.relay.e2e;

import org.jspecify.annotations.NullMarked;

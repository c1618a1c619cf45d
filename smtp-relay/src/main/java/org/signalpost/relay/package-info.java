/**
 * The program: {@link org.signalpost.relay.Main} wires the parts together, {@link org.signalpost.relay.CommandLine}
 * holds the verbs.
 */
@NullMarked
package org.signalpost.relay;

import org.jspecify.annotations.NullMarked;

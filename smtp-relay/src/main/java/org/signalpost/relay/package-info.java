/** The program: {@code Main} wires the relay and the HTTP side together, {@code CommandLine} holds the verbs. */
@NullMarked
package org.signalpost.relay;

import org.jspecify.annotations.NullMarked;

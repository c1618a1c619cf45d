/** What an operator may see of the queue and do to it. */
@NullMarked
package org.signalpost.relay.queue;

import org.jspecify.annotations.NullMarked;

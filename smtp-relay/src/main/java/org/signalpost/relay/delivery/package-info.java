/** Makes the copy for each recipient and passes it on. */
@NullMarked
package org.signalpost.relay.delivery;

import org.jspecify.annotations.NullMarked;

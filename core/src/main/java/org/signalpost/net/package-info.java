/** Where clients come from: addresses, ranges of them, and what proxies say of a client. */
@NullMarked
package org.signalpost.net;

import org.jspecify.annotations.NullMarked;

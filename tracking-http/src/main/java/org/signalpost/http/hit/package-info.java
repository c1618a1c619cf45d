/** Pixels and links: answered from memory and the event log, with no database on the way. */
@NullMarked
package org.signalpost.http.hit;

import org.jspecify.annotations.NullMarked;

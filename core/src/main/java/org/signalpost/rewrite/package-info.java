/**
 * From the original octets of a mail to the tracked ones, provably undoable; {@link MessageRewriter} is the one entry.
 */
@NullMarked
package org.signalpost.rewrite;

import org.jspecify.annotations.NullMarked;

/** The books: the database, the projector that writes what the logs say into it, and everything read from it. */
@NullMarked
package org.signalpost.store;

import org.jspecify.annotations.NullMarked;

/** What every start needs, with a relay or without: the data directory, and an orderly end. */
@NullMarked
package org.signalpost.process;

import org.jspecify.annotations.NullMarked;

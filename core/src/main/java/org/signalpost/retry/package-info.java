/** When to try again. */
@NullMarked
package org.signalpost.retry;

import org.jspecify.annotations.NullMarked;

/** A durable, group-committed, checksummed segmented log that is read by position; it knows nothing of mail. */
@NullMarked
package org.signalpost.journal;

import org.jspecify.annotations.NullMarked;

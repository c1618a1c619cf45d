/** What happened: hits and new tracks as they stand in the event log, and the mail log as a feed of mail events. */
@NullMarked
package org.signalpost.event;

import org.jspecify.annotations.NullMarked;

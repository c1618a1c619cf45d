package org.signalpost.mailet;

import org.apache.james.core.MailAddress;
import org.signalpost.rewrite.RawMessage;
import org.signalpost.track.NewTrack;

/** The tracked copy for one recipient, not yet registered. Immutable and safe to share. */
record Draft(MailAddress recipient, RawMessage message, NewTrack track) {}

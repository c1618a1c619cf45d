/** The SMTP client: passes copies on to smarthosts and to recipients' own servers. */
@NullMarked
package org.signalpost.relay.client;

import org.jspecify.annotations.NullMarked;

/** Takes mail by SMTP: the commands are ours, the accept loop is SubEthaSMTP's. */
@NullMarked
package org.signalpost.relay.smtp;

import org.jspecify.annotations.NullMarked;

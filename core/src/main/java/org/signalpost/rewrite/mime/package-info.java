/** The structure of a mail as ranges of octets (RFC 5322, RFC 2045 to 2049); nothing is ever serialised again. */
@NullMarked
package org.signalpost.rewrite.mime;

import org.jspecify.annotations.NullMarked;

/** Where the links and the places for a pixel are in an HTML leaf, as ranges of octets. */
@NullMarked
package org.signalpost.rewrite.html;

import org.jspecify.annotations.NullMarked;

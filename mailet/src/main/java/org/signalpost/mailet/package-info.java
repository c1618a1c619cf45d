/** The Apache James plug-in. It holds only its package until the mailet itself comes. */
@NullMarked
package org.signalpost.mailet;

import org.jspecify.annotations.NullMarked;

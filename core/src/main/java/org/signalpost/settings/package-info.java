/** Configuration keys, their types and defaults, and the values an operator gave them. */
@NullMarked
package org.signalpost.settings;

import org.jspecify.annotations.NullMarked;

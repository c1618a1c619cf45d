/** What is tracked and under which name: tracks, tokens, keys, and what happens to a mail on its way. */
@NullMarked
package org.signalpost.track;

import org.jspecify.annotations.NullMarked;

/** What the tests of the mailet share: a tracking-http of their own, a next hop, and patience. */
@NullMarked
package org.signalpost.james;

import org.jspecify.annotations.NullMarked;

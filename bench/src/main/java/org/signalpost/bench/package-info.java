/** Micro benchmarks; run by JMH only. */
@NullMarked
package org.signalpost.bench;

import org.jspecify.annotations.NullMarked;

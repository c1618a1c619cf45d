/**
 * A training run (JEP 514, JEP 515): the program does for some seconds what it is made for, with itself as client, next
 * hop and reader, so that Java can keep what it learnt for later starts.
 */
@NullMarked
package org.signalpost.relay.training;

import org.jspecify.annotations.NullMarked;

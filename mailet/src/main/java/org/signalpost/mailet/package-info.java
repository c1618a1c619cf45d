/**
 * The Apache James plug-in: {@link org.signalpost.mailet.AddTracking} rewrites what James sends and registers the
 * tracks with tracking-http.
 *
 * <p>{@code Tracking} is the way of one mail, {@code HttpTracks} the call, {@code Parameters} what an operator may set.
 */
@NullMarked
package org.signalpost.mailet;

import org.jspecify.annotations.NullMarked;

/** The HTTP server: one table of routes, and what a request and an answer are. */
@NullMarked
package org.signalpost.http;

import org.jspecify.annotations.NullMarked;

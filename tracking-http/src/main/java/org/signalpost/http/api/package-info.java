/** The resources of the API: who may ask, what is asked, and what they say. */
@NullMarked
package org.signalpost.http.api;

import org.jspecify.annotations.NullMarked;

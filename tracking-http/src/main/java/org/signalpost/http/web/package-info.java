/** The pages for a person with a browser. */
@NullMarked
package org.signalpost.http.web;

import org.jspecify.annotations.NullMarked;

package org.signalpost.relay.client;

import javax.net.ssl.SSLSocketFactory;

/**
 * How peers' certificates are judged. Immutable and safe to share.
 *
 * @param checking refuses a chain that ends in no known issuer; the name is checked by the caller
 * @param anybody takes every certificate
 */
public record Trust(SSLSocketFactory checking, SSLSocketFactory anybody) {}

package org.signalpost.relay.dkim;

import java.security.KeyPair;

/**
 * One key to sign with. Immutable and safe to share.
 *
 * @param domain the d= of its signatures, an A-label in lower case
 * @param selector the s= of its signatures
 * @param algorithm the a= of its signatures
 * @param pair the private key, and the public one to check what was signed
 */
record DkimKey(String domain, String selector, DkimAlgorithm algorithm, KeyPair pair) {}

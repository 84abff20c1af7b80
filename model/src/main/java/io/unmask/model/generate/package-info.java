/**
 * Fakes out of authentic faces, by real decoders: the network learns what decoders leave from pairs that differ in
 * nothing else. Runs networks of {@link io.unmask.model.graph} and writes a folder that training reads; knows nothing of
 * training.
 */
package io.unmask.model.generate;

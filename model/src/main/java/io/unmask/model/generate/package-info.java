/**
 * Makes forgeries of authentic faces by decoders: small networks that learn here to draw faces. The detector learns what
 * decoders leave from pairs that differ in nothing else. Writes a folder that training reads; knows nothing of the
 * detector's own training.
 */
package io.unmask.model.generate;

/**
 * Makes forgeries of authentic faces by operations on pictures, and augments both: what framing, light, sensor and codec may do.
 * Each picture is a pure function of its input and a seed. Imports OpenCV and, of unmask, {@code ingest.clip} and {@code
 * model.image}.
 */
package io.unmask.model.forge;

/**
 * Loads TensorFlow's native library, once a process, for training and serving alike, and says what a graph may ask of it. May import JavaCPP's loader, JNA
 * and {@code org.tensorflow}; of unmask {@code ingest.natives} alone.
 */
package io.unmask.model.runtime;

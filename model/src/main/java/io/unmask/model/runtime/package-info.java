/**
 * Loads TensorFlow's native library, once a process, for training and serving alike. May import JavaCPP's loader, JNA
 * and {@code org.tensorflow}; nothing of unmask.
 */
package io.unmask.model.runtime;

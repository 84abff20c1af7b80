/**
 * Typed settings: one immutable view of file, environment and command line. Imports no native code, no Kafka, no
 * TensorFlow.
 */
package io.unmask.config;

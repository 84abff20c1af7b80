/**
 * Typed settings: one immutable view of the packaged defaults, the user's file, the environment, system properties and
 * the command line. Imports no native code, no Kafka, no TensorFlow.
 */
package io.unmask.config;

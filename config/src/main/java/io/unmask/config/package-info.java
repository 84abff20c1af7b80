/**
 * Typed settings: their keys, and one immutable view of the packaged defaults, the user's file, the environment, system
 * properties and the command line. Also the few helpers that every module needs, such as private files. Imports no native
 * code, no Kafka, no TensorFlow.
 */
package io.unmask.config;

/**
 * The arithmetic of federated training: updates as flat tensors, their clipping and averaging, secure aggregation,
 * noise and its accountant. Pure values; knows neither TensorFlow nor Kafka.
 */
package io.unmask.model.federate;

/**
 * Federated training over Kafka: a coordinator runs rounds, sites train and send protected updates. What is averaged,
 * masked and noised is in {@code io.unmask.model.federate}; here are the records, who may send them, and the state machine.
 */
package io.unmask.detector.federate;

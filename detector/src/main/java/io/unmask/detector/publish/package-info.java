/**
 * Delivery: events are committed to the outbox, relayed to Kafka, and read back. The only user of Kafka's clients. Knows
 * CloudEvents, not what they say.
 */
package io.unmask.detector.publish;

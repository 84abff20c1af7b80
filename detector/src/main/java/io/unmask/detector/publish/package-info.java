/**
 * Kafka's clients. Events are committed to the outbox, relayed to Kafka, and read back. Workers share clips by topics.
 * Knows CloudEvents, not what they say.
 */
package io.unmask.detector.publish;

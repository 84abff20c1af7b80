/**
 * Kafka's clients: events are committed to the outbox, relayed to Kafka, and read back; clips are shared among workers by topics.
 * Knows CloudEvents, not what they say.
 */
package io.unmask.detector.publish;

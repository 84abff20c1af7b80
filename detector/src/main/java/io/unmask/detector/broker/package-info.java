/**
 * A real single-node Kafka broker inside the process, for users who have none. Imports Kafka's server; nothing of the
 * verdicts.
 */
package io.unmask.detector.broker;

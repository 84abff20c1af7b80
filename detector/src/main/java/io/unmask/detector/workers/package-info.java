/**
 * Shares the work among processes: those that read sources hand clips over by a topic, and a consumer group of others
 * judges them. Kafka itself stands behind {@link io.unmask.detector.publish}.
 */
package io.unmask.detector.workers;

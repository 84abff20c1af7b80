/**
 * Shares the work among processes: some read sources and write clips to a topic, and a consumer group of others judges
 * them. Kafka's clients are used through {@link io.unmask.detector.publish} only.
 */
package io.unmask.detector.workers;

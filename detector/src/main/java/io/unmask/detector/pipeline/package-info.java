/**
 * The threads and queues that carry streams through ingest and scoring to verdicts: one thread a source, one scoring thread,
 * one that commits, a bounded queue before each. No Kafka, no native code; where verdicts go is the caller's {@link
 * io.unmask.detector.pipeline.OutcomeSink}.
 */
package io.unmask.detector.pipeline;

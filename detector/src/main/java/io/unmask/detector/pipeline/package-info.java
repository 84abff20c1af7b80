/**
 * Carries sources through ingest and scoring to verdicts: one thread a source, one scoring thread, one bounded queue
 * between them. No Kafka, no native code; where verdicts go is the caller's {@link
 * io.unmask.detector.pipeline.VerdictSink}.
 */
package io.unmask.detector.pipeline;

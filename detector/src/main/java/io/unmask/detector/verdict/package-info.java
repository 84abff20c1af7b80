/** The verdict: how it is decided (pure) and how it is written as a CloudEvent. No Kafka, no I/O. */
package io.unmask.detector.verdict;

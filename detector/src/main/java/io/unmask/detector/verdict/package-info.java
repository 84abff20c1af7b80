/**
 * How scores and measurements become verdicts on clips and faces: the rules (pure), the judge of a stream with what it
 * remembers, and the CloudEvents that say the verdicts. No Kafka, no threads, no I/O.
 */
package io.unmask.detector.verdict;

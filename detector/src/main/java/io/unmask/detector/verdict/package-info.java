/**
 * The rules by which scores and measurements become verdicts on clips and faces (pure), and the CloudEvents that say them.
 * No Kafka, no I/O.
 */
package io.unmask.detector.verdict;

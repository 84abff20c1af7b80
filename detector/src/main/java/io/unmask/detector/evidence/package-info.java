/**
 * What a person sees of the verdicts: pictures of judged faces, the chain that proves them, and the HTML report. Imports no
 * Kafka, no native code.
 */
package io.unmask.detector.evidence;

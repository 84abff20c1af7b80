/**
 * A source becomes events: {@link io.unmask.ingest.IngestSession} runs decoding, face search and clip cutting in one
 * thread.
 */
package io.unmask.ingest;

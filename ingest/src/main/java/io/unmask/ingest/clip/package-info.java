/**
 * The values that ingest hands on (pictures, boxes, face samples, clips, events), and the cutting of face tracks into clips.
 * Pure Java; no native code.
 */
package io.unmask.ingest.clip;

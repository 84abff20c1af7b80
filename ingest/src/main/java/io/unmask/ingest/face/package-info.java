/** Finds, follows, measures and crops faces. OpenCV stays in here. */
package io.unmask.ingest.face;

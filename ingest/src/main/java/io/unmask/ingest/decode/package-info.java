/** The edge to JavaCV and FFmpeg: a source becomes timed, upright pictures. */
package io.unmask.ingest.decode;

/**
 * The edge to FFmpeg and the network: which sources a user's words mean, how they are reached, and how each becomes timed,
 * upright pictures whose damage is known. A live source can be decoded by a process of its own.
 */
package io.unmask.ingest.decode;

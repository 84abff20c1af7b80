/** The loading of native libraries, one after the other. */
package io.unmask.ingest.natives;

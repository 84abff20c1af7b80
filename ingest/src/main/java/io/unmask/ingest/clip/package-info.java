/** What ingest hands on: face frames, clips and the events of a source. Pure Java values; no native code. */
package io.unmask.ingest.clip;

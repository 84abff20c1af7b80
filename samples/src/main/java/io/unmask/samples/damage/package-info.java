/** Writes damaged variants of a video, to try what reads them. Pure but for the command's files. */
package io.unmask.samples.damage;

/**
 * Makes the sample clips: synthetic heads that talk, filmed by a simulated camera, authentic or face-swapped.
 * Everything is drawn from a seed; no picture is read.
 */
package io.unmask.samples.make;

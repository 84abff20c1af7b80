/** Sample clips and the programs that make and damage them, as a user could write them. */
package io.unmask.samples;

/** Turns raw logits into probabilities and a decision. Pure Java; knows {@code model.spec} and {@code model.evaluate}. */
package io.unmask.model.calibrate;

/**
 * Turns raw logits into probabilities and a decision, and sets the limit for faces unlike those of the training. Pure Java;
 * knows {@code model.spec} and {@code model.evaluate}.
 */
package io.unmask.model.calibrate;

/**
 * Training: which network the settings ask for, which faces make a batch, the loop, validation, checkpoints, logs, first
 * weights. Knows nothing of serving; the two meet in the model directory's format only.
 */
package io.unmask.model.train;

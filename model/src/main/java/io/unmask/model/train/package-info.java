/**
 * The training loop and what it needs: data, batches, the step, checkpoints. Knows nothing of serving; the two meet in
 * the model directory's format only.
 */
package io.unmask.model.train;

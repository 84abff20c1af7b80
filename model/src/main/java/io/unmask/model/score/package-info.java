/** Serves a model directory: verified on load, run by DJL's TensorFlow engine. The only user of {@code ai.djl}. */
package io.unmask.model.score;

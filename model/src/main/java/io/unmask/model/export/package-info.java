/**
 * Writes a trained network as a SavedModel that serves (no variables, batch norm folded into the convolutions), and its
 * model card as a page.
 */
package io.unmask.model.export;

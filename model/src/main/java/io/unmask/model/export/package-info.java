/** Writes a trained network as a SavedModel that serves: no variables, batch norm folded into the convolutions. */
package io.unmask.model.export;

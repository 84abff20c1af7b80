/**
 * The networks as small layers over TensorFlow's graph API, with their loss and their optimiser. A layer is one class; {@link
 * io.unmask.model.graph.DetectorGraph} wires them. Imports TensorFlow; knows nothing of files, data or training loops.
 */
package io.unmask.model.graph;

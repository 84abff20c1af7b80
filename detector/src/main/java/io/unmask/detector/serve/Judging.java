package io.unmask.detector.serve;

import io.unmask.detector.run.ModelShelf;
import io.unmask.detector.run.ServingModel;

/**
 * By what the service judges first.
 *
 * @param standing of the shelf when the model was opened; another process may change it at any time
 */
record Judging(ServingModel model, ModelShelf shelf, ModelShelf.Standing standing) {}

package io.unmask.detector.serve;

import io.unmask.detector.run.ModelShelf;
import io.unmask.detector.run.ServingModel;

/**
 * The model by which the service judges when it starts.
 *
 * @param standing the roles of the installed models when the model was opened; another process may change them at any time
 */
record Judging(ServingModel model, ModelShelf shelf, ModelShelf.Standing standing) {}

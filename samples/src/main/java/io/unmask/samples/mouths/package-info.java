/** Makes a data set of speaking and silent mouths, as an example of labels of one's own. Uses ingest, model.data and the clips' encoder. */
package io.unmask.samples.mouths;

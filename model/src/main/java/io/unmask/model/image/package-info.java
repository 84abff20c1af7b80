/**
 * Operations on single pictures that the forger, the crops on disk, the training and the evaluation share: reading and writing files,
 * framing a crop, changes of light, lens and codec. Imports OpenCV; knows nothing of forgeries, labels or networks.
 */
package io.unmask.model.image;

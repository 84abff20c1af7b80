/**
 * Operations on single pictures that the forger, the crops on disk, the training and the evaluation share: bends and shifts,
 * changes of light, lens and codec, framing a crop, reading and writing files. Imports OpenCV; knows nothing of forgeries,
 * labels or networks.
 */
package io.unmask.model.image;

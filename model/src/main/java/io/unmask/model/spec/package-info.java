/**
 * What training and serving both know of a model, as {@code model.json} has it: shapes, names, calibration, limits, digest.
 * Pure values.
 */
package io.unmask.model.spec;

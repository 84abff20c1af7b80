/** What training and serving both know of a model: shapes, names, calibration, card. Pure values. */
package io.unmask.model.spec;

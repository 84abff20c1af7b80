/** Measures a model on labelled faces, by the service's own rules. Knows {@code model.data} and {@code verdict}. */
package io.unmask.detector.measure;

/** Measures a model on labelled faces, by the service's own rules. It scores by the class that {@code detect} scores by. */
package io.unmask.detector.evaluate;

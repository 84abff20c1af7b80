/**
 * One run of {@code unmask detect}: the model that judges, the sources that it judges, and the way of the verdicts to
 * Kafka. It knows no command line and no console: what there is to say goes to a listener. A service that runs on stands
 * on the same classes.
 */
package io.unmask.detector.run;

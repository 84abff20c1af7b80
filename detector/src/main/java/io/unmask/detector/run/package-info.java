/**
 * One run of {@code unmask detect}, and what it shares with the service: the installed models, the sources, the way of the
 * verdicts to Kafka, the report's gallery of faces. It knows no command line and no console: what there is to say goes to
 * a listener.
 */
package io.unmask.detector.run;

package io.unmask.detector.pipeline;

import io.micrometer.core.instrument.MeterRegistry;

/** Where everything goes that a pipeline tells. */
public record Outlets(OutcomeSink sink, ProgressListener progress, FaceWitness witness, MeterRegistry meters) {}

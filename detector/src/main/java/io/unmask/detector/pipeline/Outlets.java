package io.unmask.detector.pipeline;

import io.micrometer.core.instrument.MeterRegistry;
import io.unmask.detector.verdict.FaceWitness;

/** Receives everything that a pipeline puts out: outcomes, pictures, progress and measurements. */
public record Outlets(OutcomeSink sink, ProgressListener progress, FaceWitness witness, MeterRegistry meters) {}

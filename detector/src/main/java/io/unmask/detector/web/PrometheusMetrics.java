package io.unmask.detector.web;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;

/** The service's metrics in the format of Prometheus. */
public final class PrometheusMetrics {
    private static final double SHORTEST_NANOS = Duration.ofMillis(1).toNanos();
    private static final double LONGEST_NANOS = Duration.ofMinutes(1).toNanos();

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    public PrometheusMetrics() {
        registry.config().meterFilter(new MeterFilter() {
            @Override
            public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
                return id.getType() == Meter.Type.TIMER ? HISTOGRAM.merge(config) : config;
            }
        });
    }

    private static final DistributionStatisticConfig HISTOGRAM = DistributionStatisticConfig.builder()
            .percentilesHistogram(true)
            .minimumExpectedValue(SHORTEST_NANOS)
            .maximumExpectedValue(LONGEST_NANOS)
            .build();

    public MeterRegistry registry() {
        return registry;
    }

    String scrape() {
        return registry.scrape();
    }
}

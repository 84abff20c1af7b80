package io.unmask.detector.cli;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Writes a run's counts and times as lines for people. */
final class StageSummary {
    private StageSummary() {}

    static List<String> of(MeterRegistry registry) {
        List<Meter> meters = new ArrayList<>(registry.getMeters());
        meters.sort(Comparator.comparing(meter -> meter.getId().getName()));
        List<String> lines = new ArrayList<>();
        for (Meter meter : meters) {
            String name = "%-21s".formatted(meter.getId().getName());
            if (meter instanceof Timer timer) {
                lines.add(name
                        + String.format(
                                Locale.ROOT,
                                "%7d times %9.1f ms in all %8.1f ms at most",
                                timer.count(),
                                timer.totalTime(TimeUnit.MILLISECONDS),
                                timer.max(TimeUnit.MILLISECONDS)));
            } else {
                meter.measure().forEach(one -> lines.add(name + "%7.0f".formatted(one.getValue())));
            }
        }
        return lines;
    }
}

package io.unmask.samples.serve;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** What the trials have in common. */
final class Trials {
    /** {@code -Dtrial.minutes}: how long a trial watches. */
    static final double MINUTES = Double.parseDouble(System.getProperty("trial.minutes", "1"));

    /** {@code -Dtrial.cameras}. */
    static final int CAMERAS = Integer.getInteger("trial.cameras", 4);

    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private Trials() {}

    static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptionsInstanceOf(java.io.IOException.class)
                .until(condition);
    }

    /** Time goes by: what is measured is what happens in it. */
    static void watch(double minutes) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(Math.round(minutes * 60_000));
    }

    static Map<String, String> sources(Cameras cameras, int count) {
        Map<String, String> sources = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            sources.put("camera-" + i, cameras.uri(i));
        }
        return sources;
    }

    static double percentile(List<Double> values, double share) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.isEmpty() ? Double.NaN : sorted.get((int) Math.min(sorted.size() - 1.0, share * sorted.size()));
    }

    static String spread(List<Double> millis) {
        return "p50 %.0f ms, p95 %.0f ms, most %.0f ms of %d"
                .formatted(percentile(millis, .5), percentile(millis, .95), percentile(millis, 1), millis.size());
    }

    /** A figure for docs/performance.md. */
    static void tell(String figure) {
        System.out.println("trial: " + figure);
    }
}

package io.unmask.detector.evidence;

import io.unmask.model.page.SvgPath;
import java.util.ArrayList;
import java.util.List;

/** Time from left to right, as percents of the width. */
record Axis(long startMicros, long endMicros) {
    private static final long[] STEPS_SECONDS = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200};
    private static final int MOST_TICKS = 6;

    Axis {
        endMicros = Math.max(endMicros, startMicros + 1);
    }

    double at(long micros) {
        return 100 * Math.min(1, Math.max(0, (double) (micros - startMicros) / (endMicros - startMicros)));
    }

    List<Tick> ticks() {
        long stepMicros = stepMicros();
        List<Tick> ticks = new ArrayList<>();
        long first = Math.floorDiv(startMicros + stepMicros - 1, stepMicros) * stepMicros;
        for (long micros = first; micros <= endMicros; micros += stepMicros) {
            ticks.add(new Tick(SvgPath.number(at(micros)), Words.clock(micros)));
        }
        return ticks;
    }

    private long stepMicros() {
        double seconds = (endMicros - startMicros) / 1e6;
        for (long step : STEPS_SECONDS) {
            if (seconds / step <= MOST_TICKS) {
                return step * 1_000_000;
            }
        }
        long longest = STEPS_SECONDS[STEPS_SECONDS.length - 1];
        return (long) Math.ceil(seconds / MOST_TICKS / longest) * longest * 1_000_000;
    }

    /** @param x percents of the width */
    record Tick(String x, String label) {}
}

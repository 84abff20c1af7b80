package io.unmask.detector.evidence;

import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.Verdict.Decision;
import io.unmask.model.page.SvgPath;
import java.util.ArrayList;
import java.util.List;

/** Decisions over time, as a bounded number of coloured segments. Where clips overlap, the gravest decision shows. */
final class Strip {
    private static final int COLUMNS = 500;

    private Strip() {}

    static List<Segment> of(List<Verdict> clips, Axis axis) {
        Decision[] columns = new Decision[COLUMNS];
        for (Verdict clip : clips) {
            int first = Math.min(COLUMNS - 1, column(axis.at(clip.span().startMicros())));
            int end = Math.max(first + 1, column(axis.at(clip.span().endMicros())));
            for (int column = first; column < end; column++) {
                columns[column] = graver(columns[column], clip.decision());
            }
        }
        return segments(columns);
    }

    private static int column(double percent) {
        return (int) Math.round(percent / 100 * COLUMNS);
    }

    private static Decision graver(Decision one, Decision other) {
        return one == null || Conclusion.of(other).compareTo(Conclusion.of(one)) < 0 ? other : one;
    }

    private static List<Segment> segments(Decision[] columns) {
        List<Segment> segments = new ArrayList<>();
        int first = 0;
        for (int next = 1; next <= COLUMNS; next++) {
            if (next == COLUMNS || columns[next] != columns[first]) {
                if (columns[first] != null) {
                    segments.add(new Segment(columns[first], percent(first), percent(next - first)));
                }
                first = next;
            }
        }
        return segments;
    }

    private static String percent(int columns) {
        return SvgPath.number(100.0 * columns / COLUMNS);
    }

    /**
     * @param x left edge in percents of the width
     * @param width in percents of the width
     */
    record Segment(Decision decision, String x, String width) {
        String style() {
            return Conclusion.of(decision).style();
        }
    }
}

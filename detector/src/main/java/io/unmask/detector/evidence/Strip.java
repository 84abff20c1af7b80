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
        Verdict[] columns = new Verdict[COLUMNS];
        for (Verdict clip : clips) {
            int first = Math.min(COLUMNS - 1, column(axis.at(clip.span().startMicros())));
            int end = Math.max(first + 1, column(axis.at(clip.span().endMicros())));
            for (int column = first; column < end; column++) {
                columns[column] = graver(columns[column], clip);
            }
        }
        return segments(columns);
    }

    private static int column(double percent) {
        return (int) Math.round(percent / 100 * COLUMNS);
    }

    private static Verdict graver(Verdict one, Verdict other) {
        return one == null || Conclusion.of(other.decision()).compareTo(Conclusion.of(one.decision())) < 0
                ? other
                : one;
    }

    private static List<Segment> segments(Verdict[] columns) {
        List<Segment> segments = new ArrayList<>();
        int first = 0;
        for (int next = 1; next <= COLUMNS; next++) {
            if (next == COLUMNS || !alike(columns[next], columns[first])) {
                if (columns[first] != null) {
                    segments.add(Segment.of(columns[first], percent(first), percent(next - first)));
                }
                first = next;
            }
        }
        return segments;
    }

    private static boolean alike(Verdict one, Verdict other) {
        boolean bothSay = one != null && other != null;
        return bothSay ? Told.style(one).equals(Told.style(other)) : one == null && other == null;
    }

    private static String percent(int columns) {
        return SvgPath.number(100.0 * columns / COLUMNS);
    }

    /**
     * @param title the label; else empty
     * @param x left edge in percents of the width
     * @param width in percents of the width
     */
    record Segment(Decision decision, String style, String title, String x, String width) {
        static Segment of(Verdict verdict, String x, String width) {
            String title = verdict.decision() == Decision.LABELLED ? verdict.outcome() : "";
            return new Segment(verdict.decision(), Told.style(verdict), title, x, width);
        }
    }
}

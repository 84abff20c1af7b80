package io.unmask.detector.evidence;

import io.unmask.detector.verdict.Reason;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.Verdict.Decision;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.DoubleStream;

/**
 * One face's clip verdicts in order of time.
 *
 * @param clips at least one
 */
record Timeline(List<Verdict> clips) {
    Timeline {
        clips = clips.stream()
                .sorted(Comparator.comparingLong(clip -> clip.span().startMicros()))
                .toList();
        if (clips.isEmpty()) {
            throw new IllegalArgumentException("a timeline needs at least one clip");
        }
    }

    long startMicros() {
        return clips.get(0).span().startMicros();
    }

    long endMicros() {
        return clips.stream().mapToLong(clip -> clip.span().endMicros()).max().orElseThrow();
    }

    /** Judged clips that follow each other without a break. */
    List<List<Verdict>> runs() {
        List<List<Verdict>> runs = new ArrayList<>();
        long reachedMicros = Long.MIN_VALUE;
        for (Verdict clip : clips) {
            if (clip.score().isEmpty()) {
                reachedMicros = Long.MIN_VALUE;
                continue;
            }
            if (clip.span().startMicros() > reachedMicros) {
                runs.add(new ArrayList<>());
            }
            runs.get(runs.size() - 1).add(clip);
            reachedMicros = clip.span().endMicros();
        }
        return runs;
    }

    /** Joins clips that follow each other with the same decision for the same reasons. */
    List<Stretch> stretches() {
        List<Stretch> stretches = new ArrayList<>();
        int first = 0;
        for (int next = 1; next <= clips.size(); next++) {
            if (next == clips.size() || !alike(clips.get(next - 1), clips.get(next))) {
                stretches.add(Stretch.of(clips.subList(first, next)));
                first = next;
            }
        }
        return stretches;
    }

    private static boolean alike(Verdict clip, Verdict next) {
        return clip.outcome().equals(next.outcome())
                && clip.reasons().equals(next.reasons())
                && next.span().startMicros() <= clip.span().endMicros();
    }

    /** The mean score of each judged frame, by presentation time. Overlapping clips each give a frame a score of their own. */
    TreeMap<Long, Double> frameScores() {
        TreeMap<Long, List<Double>> scores = new TreeMap<>();
        for (Verdict clip : clips) {
            clip.face().stream().flatMap(face -> face.frames().stream()).forEach(frame -> frame.pFake()
                    .ifPresent(pFake -> scores.computeIfAbsent(frame.timeMicros(), time -> new ArrayList<>(2))
                            .add(pFake)));
        }
        TreeMap<Long, Double> means = new TreeMap<>();
        scores.forEach((time, all) -> means.put(
                time, all.stream().mapToDouble(Double::doubleValue).average().orElseThrow()));
        return means;
    }

    /**
     * A stretch of time with one outcome.
     *
     * @param p mean of the clips' {@code pFake}, or of their most probable label; NaN, like the bounds, when nothing was judged
     * @param lowest smallest of the clips
     * @param highest largest of the clips
     */
    record Stretch(
            Decision decision,
            String outcome,
            List<Reason> reasons,
            long startMicros,
            long endMicros,
            int clips,
            double p,
            double lowest,
            double highest) {

        static Stretch of(List<Verdict> alike) {
            Verdict first = alike.get(0);
            var scores = alike.stream().flatMapToDouble(Stretch::shown).summaryStatistics();
            boolean judged = scores.getCount() > 0;
            return new Stretch(
                    first.decision(),
                    first.outcome(),
                    first.reasons(),
                    first.span().startMicros(),
                    alike.get(alike.size() - 1).span().endMicros(),
                    alike.size(),
                    judged ? scores.getAverage() : Double.NaN,
                    judged ? scores.getMin() : Double.NaN,
                    judged ? scores.getMax() : Double.NaN);
        }

        private static DoubleStream shown(Verdict clip) {
            return DoubleStream.concat(
                    clip.score().stream().mapToDouble(Verdict.Score::pFake),
                    clip.labels().stream()
                            .mapToDouble(labels -> labels.mostProbable().p()));
        }

        String span() {
            return Words.span(startMicros, endMicros);
        }
    }
}

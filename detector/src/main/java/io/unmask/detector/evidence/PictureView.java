package io.unmask.detector.evidence;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A judged face crop with its caption.
 *
 * @param percent the frame's own score; empty when it was not scored
 * @param note {@code highest} or {@code lowest} of those shown, or empty
 * @param forged data URI of a picture to lay over it that shows where it looks forged; empty when there is none
 */
record PictureView(String face, String time, String percent, String note, String dataUri, String forged) {

    /** Chooses the most suspect picture, the least suspect, and some that fill the widest gaps in time; in order of time. */
    static List<Snapshot> choose(List<Snapshot> byTime, int most) {
        NavigableSet<Integer> chosen = new TreeSet<>();
        scored(byTime).max(byScore(byTime)).ifPresent(chosen::add);
        if (most > 1) {
            scored(byTime).min(byScore(byTime)).ifPresent(chosen::add);
        }
        if (chosen.isEmpty() && !byTime.isEmpty()) {
            chosen.add(0);
        }
        while (chosen.size() < Math.min(most, byTime.size())) {
            chosen.add(farthest(byTime, chosen));
        }
        return chosen.stream().map(byTime::get).toList();
    }

    private static int farthest(List<Snapshot> byTime, Set<Integer> chosen) {
        return IntStream.range(0, byTime.size())
                .filter(i -> !chosen.contains(i))
                .boxed()
                .max(Comparator.comparingLong(i -> chosen.stream()
                        .mapToLong(other -> Math.abs(
                                byTime.get(i).timeMicros() - byTime.get(other).timeMicros()))
                        .min()
                        .orElseThrow()))
                .orElseThrow();
    }

    /** @param scores by presentation time, as the timeline shows them; where one is missing, the snapshot's own is taken */
    static List<PictureView> of(String face, List<Snapshot> snapshots, Map<Long, Double> scores) {
        double[] pFake = snapshots.stream()
                .mapToDouble(snapshot -> scores.getOrDefault(
                        snapshot.timeMicros(), snapshot.pFake().orElse(Double.NaN)))
                .toArray();
        Comparator<Integer> byScore = Comparator.comparingDouble(i -> pFake[i]);
        List<Integer> scored = IntStream.range(0, pFake.length)
                .filter(i -> !Double.isNaN(pFake[i]))
                .boxed()
                .toList();
        int highest = scored.stream().max(byScore).orElse(-1);
        int lowest = scored.stream().min(byScore).orElse(-1);
        return IntStream.range(0, pFake.length)
                .mapToObj(i -> new PictureView(
                        face,
                        Words.moment(snapshots.get(i).timeMicros()),
                        Double.isNaN(pFake[i]) ? "" : Words.percent(pFake[i]),
                        highest == lowest ? "" : i == highest ? "highest" : i == lowest ? "lowest" : "",
                        snapshots.get(i).dataUri(),
                        snapshots.get(i).forged().map(ForgeryMap::dataUri).orElse("")))
                .toList();
    }

    private static Stream<Integer> scored(List<Snapshot> snapshots) {
        return IntStream.range(0, snapshots.size())
                .filter(i -> snapshots.get(i).pFake().isPresent())
                .boxed();
    }

    private static Comparator<Integer> byScore(List<Snapshot> snapshots) {
        return Comparator.comparingDouble(i -> snapshots.get(i).pFake().orElseThrow());
    }
}

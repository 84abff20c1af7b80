package io.unmask.detector.evidence;

import io.unmask.detector.verdict.Locator;
import io.unmask.ingest.clip.FaceSample;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** The pictures kept of one face. A picture is encoded only when it is kept. */
final class FacePictures {
    private static final int EXTREMES = 3;
    private static final int MOST_EVEN = 16;

    private static final Comparator<Snapshot> BY_SCORE =
            Comparator.comparingDouble(picture -> picture.pFake().orElseThrow());

    private final List<Snapshot> highest = new ArrayList<>();
    private final List<Snapshot> lowest = new ArrayList<>();
    private final List<Snapshot> even = new ArrayList<>();
    private long lastSequence = Long.MIN_VALUE;
    private long seen;
    private int stride = 1;

    void offer(FaceSample sample, OptionalDouble pFake) {
        if (pFake.isPresent()) {
            keep(highest, BY_SCORE.reversed(), sample, pFake.getAsDouble());
            keep(lowest, BY_SCORE, sample, pFake.getAsDouble());
        }
        if (sample.sequence() > lastSequence) {
            lastSequence = sample.sequence();
            keepEvery(sample, pFake);
        }
    }

    /** Drops all pictures but those that a report shows. */
    void settle(int most) {
        List<Snapshot> shown = PictureView.choose(byTime(), most);
        highest.retainAll(shown);
        lowest.retainAll(shown);
        even.clear();
        even.addAll(shown);
    }

    /** Asks the model where the most suspect picture looks forged, and keeps its answer with the picture. */
    void locate(Locator locator) {
        if (highest.isEmpty()) {
            return;
        }
        Snapshot suspect = highest.get(0);
        locator.locate(List.of(suspect.crop())).stream()
                .findFirst()
                .ifPresent(forged -> highest.set(0, suspect.with(new ForgeryMap(forged))));
    }

    /** Highest score kept; below every score when none was. */
    double highest() {
        return highest.isEmpty() ? -1 : highest.get(0).pFake().orElseThrow();
    }

    List<Snapshot> byTime() {
        TreeMap<Long, Snapshot> pictures = new TreeMap<>();
        even.forEach(picture -> pictures.put(picture.timeMicros(), picture));
        lowest.forEach(picture -> pictures.put(picture.timeMicros(), picture));
        highest.forEach(picture -> pictures.put(picture.timeMicros(), picture));
        return List.copyOf(pictures.values());
    }

    /** Keeps the first few samples in an order, and of each moment only one. */
    private static void keep(List<Snapshot> kept, Comparator<Snapshot> order, FaceSample sample, double pFake) {
        Snapshot unencoded = new Snapshot(sample.timeMicros(), OptionalDouble.of(pFake), new byte[0], Optional.empty());
        boolean beaten = kept.stream()
                .anyMatch(other -> other.timeMicros() == sample.timeMicros() && order.compare(other, unencoded) <= 0);
        boolean full = kept.size() == EXTREMES && order.compare(kept.get(EXTREMES - 1), unencoded) <= 0;
        if (beaten || full) {
            return;
        }
        kept.removeIf(other -> other.timeMicros() == sample.timeMicros());
        kept.add(Snapshot.of(sample.timeMicros(), unencoded.pFake(), sample.crop()));
        kept.sort(order);
        if (kept.size() > EXTREMES) {
            kept.remove(EXTREMES);
        }
    }

    /** Keeps every n-th sample; n doubles whenever there are too many. */
    private void keepEvery(FaceSample sample, OptionalDouble pFake) {
        if (seen++ % stride != 0) {
            return;
        }
        even.add(Snapshot.of(sample.timeMicros(), pFake, sample.crop()));
        if (even.size() > MOST_EVEN) {
            for (int i = even.size() - 1; i > 0; i--) {
                if (i % 2 == 1) {
                    even.remove(i);
                }
            }
            stride *= 2;
        }
    }
}

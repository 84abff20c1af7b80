package io.unmask.ingest.face;

import io.unmask.ingest.clip.FaceBox;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Follows faces from picture to picture. The pair of track and box that overlaps most is joined first, where a track
 * counts as being at its last box or where its motion would have carried it, whichever fits better. A track that
 * found no box for longer than the gap has ended; a face that comes back later is a new track. Pure; one thread.
 */
final class FaceTracker {
    /** Motion is not carried on for longer: a head that moves has turned by then. */
    private static final long MAX_PREDICTION_MICROS = 500_000;

    /**
     * Boxes are smoothed by what came before alone: a box goes this part of the way from the last one to the hit, and
     * the whole way once the hit is {@code 1 / SMOOTHING_RELEASE} box sides off, so that jitter goes and motion stays.
     */
    private static final double SMOOTHING_START = 0.35;

    private static final double SMOOTHING_RELEASE = 6;

    private final double minOverlap;
    private final long gapMicros;
    private final List<Track> tracks = new ArrayList<>();
    private int lastId;

    FaceTracker(double minOverlap, long gapMicros) {
        this.minOverlap = minOverlap;
        this.gapMicros = gapMicros;
    }

    /**
     * What one picture changed.
     *
     * @param seen the smoothed box of every face in the picture, by track
     * @param ended tracks that have ended
     */
    record Update(Map<Integer, FaceBox> seen, List<Integer> ended) {}

    private record Pair(Track track, FaceHit hit, double overlap) {}

    /** Where the living tracks' faces should be at this time, by track. */
    Map<Integer, FaceBox> expected(long timeMicros) {
        Map<Integer, FaceBox> expected = new LinkedHashMap<>();
        tracks.stream()
                .filter(track -> timeMicros - track.timeMicros <= gapMicros)
                .forEach(track -> expected.put(track.id, track.predicted(timeMicros)));
        return expected;
    }

    /** Takes a picture's hits; times must rise. */
    Update update(long timeMicros, List<FaceHit> hits) {
        List<Integer> ended = endBefore(timeMicros - gapMicros);
        Map<Integer, FaceBox> seen = new LinkedHashMap<>();
        List<FaceHit> free = new ArrayList<>(hits);
        for (Pair pair : pairs(timeMicros, hits)) {
            if (!seen.containsKey(pair.track.id) && free.remove(pair.hit)) {
                seen.put(pair.track.id, pair.track.follow(timeMicros, pair.hit.box()));
            }
        }
        for (FaceHit hit : free) {
            Track track = new Track(++lastId, timeMicros, hit.box());
            tracks.add(track);
            seen.put(track.id, hit.box());
        }
        return new Update(seen, ended);
    }

    /** Ends all tracks, as when the source is over. */
    List<Integer> endAll() {
        return endBefore(Long.MAX_VALUE);
    }

    private List<Integer> endBefore(long timeMicros) {
        List<Integer> ended = new ArrayList<>();
        tracks.removeIf(track -> track.timeMicros < timeMicros && ended.add(track.id));
        return ended;
    }

    private List<Pair> pairs(long timeMicros, List<FaceHit> hits) {
        List<Pair> pairs = new ArrayList<>();
        for (Track track : tracks) {
            FaceBox predicted = track.predicted(timeMicros);
            for (FaceHit hit : hits) {
                double overlap =
                        Math.max(hit.box().overlap(track.box), hit.box().overlap(predicted));
                if (overlap >= minOverlap) {
                    pairs.add(new Pair(track, hit, overlap));
                }
            }
        }
        pairs.sort(Comparator.comparingDouble(Pair::overlap).reversed());
        return pairs;
    }

    private static final class Track {
        private final int id;
        private long timeMicros;
        private FaceBox box;
        private double rightPerMicro;
        private double downPerMicro;

        private Track(int id, long timeMicros, FaceBox box) {
            this.id = id;
            this.timeMicros = timeMicros;
            this.box = box;
        }

        private FaceBox predicted(long atMicros) {
            long ahead = Math.min(MAX_PREDICTION_MICROS, atMicros - timeMicros);
            return new FaceBox(
                    box.x() + rightPerMicro * ahead, box.y() + downPerMicro * ahead, box.width(), box.height());
        }

        private FaceBox follow(long atMicros, FaceBox hit) {
            FaceBox last = box;
            box = smoothed(last, hit);
            double micros = Math.max(1, atMicros - timeMicros);
            rightPerMicro = (rightPerMicro + (centreX(box) - centreX(last)) / micros) / 2;
            downPerMicro = (downPerMicro + (centreY(box) - centreY(last)) / micros) / 2;
            timeMicros = atMicros;
            return box;
        }

        private static FaceBox smoothed(FaceBox last, FaceBox hit) {
            double off = Math.hypot(centreX(hit) - centreX(last), centreY(hit) - centreY(last))
                    + Math.abs(hit.width() - last.width()) / 2;
            double part = Math.min(1, SMOOTHING_START + (1 - SMOOTHING_START) * SMOOTHING_RELEASE * off / last.width());
            return new FaceBox(
                    last.x() + part * (hit.x() - last.x()),
                    last.y() + part * (hit.y() - last.y()),
                    last.width() + part * (hit.width() - last.width()),
                    last.height() + part * (hit.height() - last.height()));
        }

        private static double centreX(FaceBox box) {
            return box.x() + box.width() / 2;
        }

        private static double centreY(FaceBox box) {
            return box.y() + box.height() / 2;
        }
    }
}

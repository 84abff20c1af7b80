package io.unmask.ingest.face;

import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.FaceLandmarks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Follows faces from picture to picture. The pair of track and box that overlaps most is joined first, where a track
 * counts as being at its last box or where its motion would have carried it, whichever fits better. A track that
 * found no box for longer than the gap has ended; a face that comes back later is a new track. Pure; one thread.
 */
final class FaceTracker {
    /** Motion is not carried on for longer: a head that moves has turned by then. */
    private static final long MAX_PREDICTION_MICROS = 500_000;

    /**
     * Faces are smoothed by what came before alone: a box and its landmarks go this part of the way from the last ones to
     * the hit's, and the whole way once the hit is {@code 1 / SMOOTHING_RELEASE} box sides off, so that jitter goes and motion stays.
     */
    private static final double SMOOTHING_START = 0.35;

    private static final double SMOOTHING_RELEASE = 6;

    /** In so short a time a face seldom leaves its box. */
    private static final double STILL_SECONDS = 0.25;

    private final double minOverlap;
    private final long shortestGapMicros;
    private final List<Track> tracks = new ArrayList<>();
    private long gapMicros;
    private long lastMicros = -1;
    private int lastId;

    FaceTracker(double minOverlap, long gapMicros) {
        this.minOverlap = minOverlap;
        shortestGapMicros = gapMicros;
        this.gapMicros = gapMicros;
    }

    /**
     * What one picture changed.
     *
     * @param seen every face in the picture, smoothed, by track
     * @param raw the same as the detector gave them
     * @param ended tracks that have ended
     */
    record Update(Map<Integer, FaceHit> seen, Map<Integer, FaceHit> raw, List<Integer> ended) {}

    private record Pair(Track track, FaceHit hit, double overlap) {}

    /**
     * A face that was in the last picture was never out of sight, however long ago that picture was.
     *
     * @param usualMicros how far apart pictures usually are
     */
    void expectPictureAt(long timeMicros, long usualMicros) {
        long sinceLast = lastMicros < 0 ? 0 : timeMicros - lastMicros;
        gapMicros = Math.max(shortestGapMicros, Math.max(usualMicros * 3 / 2, sinceLast));
    }

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
        Map<Integer, FaceHit> seen = new LinkedHashMap<>();
        Map<Integer, FaceHit> raw = new LinkedHashMap<>();
        List<FaceHit> free = new ArrayList<>(hits);
        List<Pair> pairs = pairs(timeMicros, hits);
        lastMicros = timeMicros;
        for (Pair pair : pairs) {
            if (!seen.containsKey(pair.track.id) && free.remove(pair.hit)) {
                seen.put(pair.track.id, pair.track.follow(timeMicros, pair.hit));
                raw.put(pair.track.id, pair.hit);
            }
        }
        for (FaceHit hit : free) {
            Track track = new Track(++lastId, timeMicros, hit);
            tracks.add(track);
            seen.put(track.id, hit);
            raw.put(track.id, hit);
        }
        return new Update(seen, raw, ended);
    }

    /**
     * Ends a track whose face in this picture is another person's, and begins one with that face.
     *
     * @param hit as the detector gave it: what was smoothed has something of the person before
     * @return the new track
     */
    int split(int id, long timeMicros, FaceHit hit) {
        tracks.removeIf(track -> track.id == id);
        tracks.add(new Track(++lastId, timeMicros, hit));
        return lastId;
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
        // The further apart pictures are, the further a face moves between them.
        double seconds = lastMicros < 0 ? 0 : (timeMicros - lastMicros) / 1e6;
        double reach = 1 + Math.max(0, Math.min(1, seconds - STILL_SECONDS));
        List<Pair> pairs = new ArrayList<>();
        for (Track track : tracks) {
            FaceBox predicted = track.predicted(timeMicros);
            for (FaceHit hit : hits) {
                FaceBox box = hit.box().grown(reach);
                double overlap =
                        Math.max(box.overlap(track.face.box().grown(reach)), box.overlap(predicted.grown(reach)));
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
        private FaceHit face;
        private double rightPerMicro;
        private double downPerMicro;

        private Track(int id, long timeMicros, FaceHit face) {
            this.id = id;
            this.timeMicros = timeMicros;
            this.face = face;
        }

        private FaceBox predicted(long atMicros) {
            long ahead = Math.min(MAX_PREDICTION_MICROS, atMicros - timeMicros);
            return face.box().moved(rightPerMicro * ahead, downPerMicro * ahead);
        }

        private FaceHit follow(long atMicros, FaceHit hit) {
            FaceBox last = face.box();
            face = smoothed(face, hit);
            double micros = Math.max(1, atMicros - timeMicros);
            rightPerMicro = (rightPerMicro + (centreX(face.box()) - centreX(last)) / micros) / 2;
            downPerMicro = (downPerMicro + (centreY(face.box()) - centreY(last)) / micros) / 2;
            timeMicros = atMicros;
            return face;
        }

        private static FaceHit smoothed(FaceHit lastHit, FaceHit hit) {
            FaceBox last = lastHit.box();
            FaceBox box = hit.box();
            double off = Math.hypot(centreX(box) - centreX(last), centreY(box) - centreY(last))
                    + Math.abs(box.width() - last.width()) / 2;
            double part = Math.min(1, SMOOTHING_START + (1 - SMOOTHING_START) * SMOOTHING_RELEASE * off / last.width());
            if (lastHit.landmarks().isPresent() && hit.landmarks().isPresent()) {
                FaceLandmarks points =
                        lastHit.landmarks().get().towards(hit.landmarks().get(), part);
                return new FaceHit(points.box(), hit.score(), Optional.of(points));
            }
            return hit.landmarks().isPresent()
                    ? hit
                    : new FaceHit(last.towards(box, part), hit.score(), Optional.empty());
        }

        private static double centreX(FaceBox box) {
            return box.x() + box.width() / 2;
        }

        private static double centreY(FaceBox box) {
            return box.y() + box.height() / 2;
        }
    }
}

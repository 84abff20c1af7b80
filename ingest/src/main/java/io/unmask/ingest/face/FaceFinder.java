package io.unmask.ingest.face;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.FaceLandmarks;
import io.unmask.ingest.clip.FaceQuality;
import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.Picture;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.ingest.face.FaceDetector.Reach;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns a source's pictures into face samples: finds, follows, cuts and measures. Owns native memory: whoever makes it
 * closes it, and one thread at a time uses it.
 */
public final class FaceFinder implements AutoCloseable {
    /** A small face that appears beside one in view is found within this time. */
    private static final long SEARCH_EVERY_MICROS = 1_000_000;

    private final FaceDetector detector;
    private final FaceTracker tracker;
    private final FaceCropper cropper;
    private final FaceQualities qualities = new FaceQualities();
    private final double minScore;
    /** Tracks whose score was high enough at least once. */
    private final Set<Integer> sure = new HashSet<>();

    /** Tracks that were in the last picture. */
    private Set<Integer> lastSeen = Set.of();

    private long nextSearchMicros;
    private long sequence;

    /** @param detector handed over: it is closed with this */
    public FaceFinder(FaceDetector detector, Settings.Face settings, CropSpec crop) {
        this.detector = detector;
        tracker = new FaceTracker(settings.trackOverlap(), settings.trackGapMs() * 1000);
        cropper = new FaceCropper(crop);
        minScore = settings.minScore();
    }

    /**
     * What one picture showed.
     *
     * @param samples the faces by track
     * @param doubtful tracks among them whose faces were unsure in each picture so far
     * @param ended tracks whose gap was exceeded before this picture
     */
    public record Found(Map<Integer, FaceSample> samples, Set<Integer> doubtful, List<Integer> ended) {}

    /**
     * Takes the next picture; times must rise. The picture is not kept.
     *
     * @throws FaceDetectorException when finding or cutting fails on the picture
     */
    public Found find(long timeMicros, Picture picture) {
        try {
            FaceTracker.Update update = tracker.update(timeMicros, hits(timeMicros, picture));
            drop(update.ended());
            Map<Integer, FaceSample> samples = new LinkedHashMap<>();
            Set<Integer> doubtful = new HashSet<>();
            update.seen().forEach((track, face) -> {
                samples.put(track, sample(timeMicros, picture, face));
                if (face.score() >= minScore) {
                    sure.add(track);
                } else if (!sure.contains(track)) {
                    doubtful.add(track);
                }
            });
            lastSeen = Set.copyOf(update.seen().keySet());
            return new Found(samples, doubtful, update.ended());
        } catch (RuntimeException e) { // what JavaCPP makes of a cv::Exception
            double seconds = Math.round(timeMicros / 1e5) / 10.0;
            throw new FaceDetectorException(
                    "the search for faces failed on a " + picture.width() + "x" + picture.height() + " picture at "
                            + seconds + " s: " + e.getMessage(),
                    e);
        }
    }

    /**
     * Known faces are looked for where they were. Small ones that are not known yet are searched for from time to time
     * and when all that were in view are gone, as at a cut: that is what costs.
     */
    private List<FaceHit> hits(long timeMicros, Picture picture) {
        Map<Integer, FaceBox> expected = tracker.expected(timeMicros);
        List<FaceHit> hits = new ArrayList<>(detector.follow(picture, List.copyOf(expected.values())));
        boolean allGone = hits.isEmpty() && !lastSeen.isEmpty();
        boolean due = timeMicros >= nextSearchMicros || allGone;
        if (due || hits.size() < expected.size() || expected.isEmpty()) {
            List<FaceBox> known = hits.stream().map(FaceHit::box).toList();
            hits.addAll(detector.search(picture, due ? Reach.ALL_FACES : Reach.LARGE_FACES, known));
        }
        if (due) {
            nextSearchMicros = timeMicros + SEARCH_EVERY_MICROS;
        }
        return hits;
    }

    private void drop(List<Integer> ended) {
        ended.forEach(sure::remove);
    }

    /** Forgets all tracks: the next picture may show something else. */
    public void forget() {
        drop(tracker.endAll());
        lastSeen = Set.of();
        nextSearchMicros = 0;
    }

    private FaceSample sample(long timeMicros, Picture picture, FaceHit face) {
        double roll = face.landmarks().map(FaceLandmarks::roll).orElse(0.0);
        RgbFrame crop = cropper.crop(picture, face.box(), roll);
        FaceQuality quality = qualities.measure(face, crop);
        return new FaceSample(sequence++, timeMicros, face.box(), face.landmarks(), quality, crop);
    }

    @Override
    public void close() {
        qualities.close();
        detector.close();
    }
}

package io.unmask.ingest.face;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.Cadence;
import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.Picture;
import io.unmask.ingest.face.FaceDetector.Reach;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Turns a source's pictures into face samples: finds faces, follows them, and has them cut out. Owns native memory: whoever
 * makes it closes it, and one thread at a time uses it.
 */
public final class FaceFinder implements AutoCloseable {
    /** A small face that appears beside one in view is found within this time. */
    private static final long SEARCH_EVERY_MICROS = 1_000_000;

    /** A picture whose light differs from that of the picture before by more than this share may show another scene. */
    private static final double OTHER_SCENE = 0.2;

    private final FaceDetector detector;
    private final FaceTracker tracker;
    private final FaceSampler sampler;
    private final Cadence cadence = new Cadence();
    private final PersonChange changes;
    private final double minScore;
    /** Tracks whose score was high enough at least once. */
    private final Set<Integer> sure = new HashSet<>();

    /** Tracks that were in the last picture. */
    private Set<Integer> lastSeen = Set.of();

    private Optional<Scene> lastScene = Optional.empty();

    private long nextSearchMicros;

    /** @param detector handed over: it is closed with this */
    public FaceFinder(FaceDetector detector, Settings.Face settings, CropSpec crop) {
        this.detector = detector;
        tracker = new FaceTracker(settings.trackOverlap(), settings.trackGapMs() * 1000);
        sampler = new FaceSampler(crop);
        minScore = settings.minScore();
        changes = new PersonChange(crop.scale());
    }

    /**
     * What one picture showed.
     *
     * @param samples the faces by track
     * @param doubtful tracks among them whose faces were unsure in each picture so far
     * @param ended tracks whose gap was exceeded before this picture, or whose place another person has taken in it
     */
    public record Found(Map<Integer, FaceSample> samples, Set<Integer> doubtful, List<Integer> ended) {}

    /**
     * Takes the next picture; times must rise. The picture is not kept.
     *
     * @throws FaceDetectorException when finding or cutting fails on the picture
     */
    public Found find(long timeMicros, Picture picture) {
        try {
            Scene scene = Scene.of(picture);
            List<Integer> ended = new ArrayList<>(cadence.isAfterHole(timeMicros) ? tracker.endAll() : List.of());
            tracker.expectPictureAt(timeMicros, cadence.usualMicros());
            FaceTracker.Update update = tracker.update(timeMicros, hits(timeMicros, picture, scene));
            lastScene = Optional.of(scene);
            ended.addAll(update.ended());
            Map<Integer, FaceSample> samples = new LinkedHashMap<>();
            for (Map.Entry<Integer, FaceHit> seen : update.seen().entrySet()) {
                int track = seen.getKey();
                FaceHit face = seen.getValue();
                FaceSample sample = sampler.cut(timeMicros, picture, face);
                if (!changes.goesOn(track, sample, scene)) {
                    ended.add(track);
                    FaceHit fresh = update.raw().get(track);
                    sample = sampler.cut(timeMicros, picture, fresh);
                    track = tracker.split(track, timeMicros, fresh);
                    changes.begin(track, sample, scene);
                }
                samples.put(track, sample);
                if (face.score() >= minScore) {
                    sure.add(track);
                }
            }
            drop(ended);
            lastSeen = Set.copyOf(samples.keySet());
            Set<Integer> doubtful = new HashSet<>(lastSeen);
            doubtful.removeAll(sure);
            return new Found(samples, doubtful, ended);
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
     * and when there may be a new scene: that is what costs.
     */
    private List<FaceHit> hits(long timeMicros, Picture picture, Scene scene) {
        Map<Integer, FaceBox> expected = tracker.expected(timeMicros);
        List<FaceHit> hits = new ArrayList<>(detector.follow(picture, List.copyOf(expected.values())));
        boolean allGone = hits.isEmpty() && !lastSeen.isEmpty();
        boolean newScene =
                lastScene.map(last -> last.lightDifference(scene) > OTHER_SCENE).orElse(true);
        boolean due = timeMicros >= nextSearchMicros || allGone || newScene;
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
        ended.forEach(changes::forget);
    }

    /** Forgets all tracks: the next picture may show something else. */
    public void forget() {
        drop(tracker.endAll());
        lastSeen = Set.of();
        lastScene = Optional.empty();
    }

    @Override
    public void close() {
        sampler.close();
        detector.close();
    }
}

package io.unmask.ingest.face;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.Picture;
import io.unmask.ingest.clip.RgbFrame;
import java.util.ArrayList;
import java.util.HashMap;
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
    /** A face that appears beside one in view is found within this time. */
    private static final long SEARCH_EVERY_MICROS = 1_000_000;

    /** A new track is looked at in its first pictures, and then, until a look confirms it, in one of so many. */
    private static final int FIRST_LOOKS = 3;

    private static final int LOOK_EVERY = 4;

    private final FaceDetector detector;
    private final FaceTracker tracker;
    private final FaceCropper cropper;
    private final FaceQualities qualities = new FaceQualities();
    private final FacePatches patches = new FacePatches();
    /** Pictures of each track that is not confirmed. */
    private final Map<Integer, Integer> doubts = new HashMap<>();

    private final Set<Integer> confirmed = new HashSet<>();

    private long nextSearchMicros;
    private long sequence;

    /** @param detector handed over: it is closed with this */
    public FaceFinder(FaceDetector detector, Settings.Face settings, CropSpec crop) {
        this.detector = detector;
        tracker = new FaceTracker(settings.trackOverlap(), settings.trackGapMs() * 1000);
        cropper = new FaceCropper(crop);
    }

    /**
     * What one picture showed.
     *
     * @param samples the faces by track
     * @param doubtful tracks among them that no second look has confirmed yet
     * @param ended tracks whose gap was exceeded before this picture
     */
    public record Found(Map<Integer, FaceSample> samples, Set<Integer> doubtful, List<Integer> ended) {}

    /**
     * Where faces are in a picture.
     *
     * @param byLooks tracks whose faces were found by their looks, without the detector
     */
    private record Places(List<FaceHit> hits, Set<Integer> byLooks) {}

    /**
     * Takes the next picture; times must rise. The picture is not kept.
     *
     * @throws FaceDetectorException when finding or cutting fails on the picture
     */
    public Found find(long timeMicros, Picture picture) {
        try {
            Places places = places(timeMicros, picture);
            FaceTracker.Update update = tracker.update(timeMicros, places.hits);
            Map<Integer, FaceSample> samples = new LinkedHashMap<>();
            update.seen().forEach((track, box) -> samples.put(track, sample(timeMicros, picture, box)));
            drop(update.ended());
            Set<Integer> doubtful = doubtful(picture, update.seen());
            // What may be no face is to be found by the detector each time.
            Map<Integer, FaceBox> detected = new LinkedHashMap<>(update.seen());
            detected.keySet().removeAll(places.byLooks);
            detected.keySet().removeAll(doubtful);
            patches.remember(picture, detected);
            return new Found(samples, doubtful, update.ended());
        } catch (RuntimeException e) { // what JavaCPP makes of a cv::Exception
            double seconds = Math.round(timeMicros / 1e5) / 10.0;
            throw new FaceDetectorException(
                    "the search for faces failed on a " + picture.width() + "x" + picture.height() + " picture at "
                            + seconds + " s: " + e.getMessage(),
                    e);
        }
    }

    /** Where all known faces are in view, the whole picture is searched from time to time only: that is what costs. */
    private Places places(long timeMicros, Picture picture) {
        Map<Integer, FaceBox> expected = tracker.expected(timeMicros);
        if (!expected.isEmpty() && timeMicros < nextSearchMicros) {
            Places near = near(picture, expected);
            if (near.hits.size() == expected.size()) {
                return near;
            }
        }
        patches.forget();
        nextSearchMicros = timeMicros + SEARCH_EVERY_MICROS;
        List<FaceBox> known = new ArrayList<>();
        List<FaceBox> others = new ArrayList<>();
        expected.forEach((track, box) -> (confirmed.contains(track) ? known : others).add(box));
        return new Places(detector.detect(picture, known, others), Set.of());
    }

    /** The faces that were followed; the detector is asked for those only that do not look as they did. */
    private Places near(Picture picture, Map<Integer, FaceBox> expected) {
        Map<Integer, FaceHit> moved = patches.find(picture);
        List<FaceHit> near = new ArrayList<>(moved.values());
        List<FaceBox> others = new ArrayList<>();
        expected.forEach((track, box) -> {
            if (!moved.containsKey(track)) {
                others.add(box);
            }
        });
        if (!others.isEmpty()) {
            // What is looked for beside a face must not be found in it.
            detector.follow(picture, others).stream()
                    .filter(hit -> moved.values().stream()
                            .noneMatch(face -> face.box().overlap(hit.box()) >= FrontalSearch.SAME_FACE))
                    .forEach(near::add);
        }
        return new Places(near, moved.keySet());
    }

    private Set<Integer> doubtful(Picture picture, Map<Integer, FaceBox> seen) {
        Set<Integer> doubtful = new HashSet<>();
        seen.forEach((track, box) -> {
            if (!confirmed.contains(track)) {
                int pictures = doubts.merge(track, 1, Integer::sum);
                boolean due = pictures <= FIRST_LOOKS || pictures % LOOK_EVERY == 1;
                if (due && detector.confirms(picture, box)) {
                    confirmed.add(track);
                    doubts.remove(track);
                } else {
                    doubtful.add(track);
                }
            }
        });
        return doubtful;
    }

    private void drop(List<Integer> ended) {
        ended.forEach(doubts::remove);
        ended.forEach(confirmed::remove);
    }

    /** Forgets all tracks: the next picture may show something else. */
    public void forget() {
        drop(tracker.endAll());
        patches.forget();
    }

    private FaceSample sample(long timeMicros, Picture picture, FaceBox box) {
        RgbFrame crop = cropper.crop(picture, box);
        return new FaceSample(sequence++, timeMicros, box, qualities.measure(box, crop), crop);
    }

    @Override
    public void close() {
        patches.close();
        qualities.close();
        detector.close();
    }
}

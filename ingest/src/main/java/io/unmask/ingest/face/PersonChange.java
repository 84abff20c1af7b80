package io.unmask.ingest.face;

import io.unmask.ingest.clip.FaceSample;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

/**
 * Tells when another person has taken a face's place in a track: at a cut, over a dissolve, behind a black picture, or in
 * the same scene. It compares a face with what the track looked like a moment, half a second and a second ago. The limits
 * lie where talking heads by themselves are never split (see docs/decisions/tracks-and-cuts.md). Pure; one thread.
 */
final class PersonChange {
    /** Pictures no further apart follow each other so closely that the face alone can tell. */
    private static final long ADJACENT_MICROS = 300_000;

    private static final long SHORT_MICROS = 550_000;
    private static final long LONG_MICROS = 1_100_000;

    /** The difference of the face from which it is another one, between pictures that follow each other. */
    private static final double OTHER_FACE = 1.0;

    private static final Limits ADJACENT = new Limits(0.12, 0.5, 0.4);
    private static final Limits SHORT = new Limits(0.12, 0.6, 0.4);
    /** Over a longer time a head turns and a camera moves. */
    private static final Limits LONG = new Limits(0.2, 0.7, 0.45);

    /**
     * Differences from which a face is another person's.
     *
     * @param product of the scene's light and the face
     * @param scene of the scene's structure, together with that of the face
     * @param face of the face, together with that of the scene's structure
     */
    private record Limits(double product, double scene, double face) {
        boolean exceededBetween(Appearance past, Appearance now) {
            double faces = now.faceDifference(past);
            return now.scene().lightDifference(past.scene()) * faces > product
                    || (faces > face && now.scene().structureDifference(past.scene()) > scene);
        }
    }

    private final double cropScale;
    private final Map<Integer, Deque<Appearance>> tracks = new HashMap<>();

    /** @param cropScale side of a sample's crop over the side of its face */
    PersonChange(double cropScale) {
        this.cropScale = cropScale;
    }

    /** Whether the face that was joined to a track is that of the track's person; if so, its looks are remembered. */
    boolean goesOn(int track, FaceSample face, Scene scene) {
        Appearance now = Appearance.of(face, cropScale, scene);
        if (isAnother(track, now)) {
            return false;
        }
        remember(track, now);
        return true;
    }

    /** Remembers the looks of the first face of a track. */
    void begin(int track, FaceSample face, Scene scene) {
        remember(track, Appearance.of(face, cropScale, scene));
    }

    private boolean isAnother(int track, Appearance now) {
        Deque<Appearance> before = tracks.getOrDefault(track, new ArrayDeque<>());
        return !before.isEmpty()
                && (differs(before.getLast(), now)
                        || oldestWithin(SHORT_MICROS, before, now)
                                .filter(past -> differs(past, now))
                                .isPresent()
                        || oldestWithin(LONG_MICROS, before, now)
                                .filter(past -> differs(past, now))
                                .isPresent());
    }

    private static boolean differs(Appearance past, Appearance now) {
        long age = now.timeMicros() - past.timeMicros();
        if (age <= ADJACENT_MICROS) {
            return now.faceDifference(past) > OTHER_FACE || ADJACENT.exceededBetween(past, now);
        }
        return (age <= SHORT_MICROS ? SHORT : LONG).exceededBetween(past, now);
    }

    private static Optional<Appearance> oldestWithin(long micros, Deque<Appearance> before, Appearance now) {
        return before.stream()
                .filter(past -> now.timeMicros() - past.timeMicros() <= micros)
                .findFirst();
    }

    private void remember(int track, Appearance now) {
        Deque<Appearance> looks = tracks.computeIfAbsent(track, none -> new ArrayDeque<>());
        for (Iterator<Appearance> old = looks.iterator();
                old.hasNext() && now.timeMicros() - old.next().timeMicros() > LONG_MICROS; ) {
            old.remove();
        }
        looks.add(now);
    }

    void forget(int track) {
        tracks.remove(track);
    }
}

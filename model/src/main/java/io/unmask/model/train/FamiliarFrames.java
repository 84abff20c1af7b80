package io.unmask.model.train;

import io.unmask.config.TrainSettings;
import io.unmask.model.data.FaceSequence;
import io.unmask.model.image.Framing;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;

/**
 * Frames of training faces as serving would see them, by which {@link FeatureDistribution} is fitted. Tools and origins
 * take turns, so that a large data set does not outweigh the others.
 */
final class FamiliarFrames {
    private static final int FRAMES_OF_A_FACE = 4;
    private static final int AT_ONCE = 32;

    private FamiliarFrames() {}

    /** @param frame place in the sequence */
    record Frame(FaceSequence face, int frame) {}

    static FeatureDistribution distribution(TrainStep step, List<FaceSequence> faces, TrainSettings settings) {
        var frames = choose(faces, settings.distributionFrames(), settings.seed());
        var rows = new ArrayList<float[]>(frames.size());
        for (int from = 0; from < frames.size(); from += AT_ONCE) {
            var pictures = frames.subList(from, Math.min(frames.size(), from + AT_ONCE)).stream()
                    .map(frame -> Framing.serving(frame.face().crops().margin())
                            .apply(frame.face().crop(frame.frame()), settings.inputSize())
                            .rgb())
                    .toList();
            rows.addAll(step.features(pictures));
        }
        return FeatureDistribution.fit(rows.toArray(float[][]::new));
    }

    /** @param most frames at most */
    static List<Frame> choose(List<FaceSequence> faces, int most, long seed) {
        var mixed = new ArrayList<>(faces);
        Collections.shuffle(mixed, new Random(seed));
        var byKind = new LinkedHashMap<String, List<FaceSequence>>();
        mixed.forEach(face -> byKind.computeIfAbsent(face.label() + face.kind(), kind -> new ArrayList<>())
                .add(face));
        int turns = FRAMES_OF_A_FACE
                * byKind.values().stream().mapToInt(List::size).max().orElseThrow();
        var chosen = new ArrayList<Frame>();
        for (int turn = 0; turn < turns && chosen.size() < most; turn++) {
            for (var kind : byKind.values()) {
                int look = turn / kind.size();
                var face = kind.get(turn % kind.size());
                int count = face.crops().count();
                if (look < Math.min(FRAMES_OF_A_FACE, count) && chosen.size() < most) {
                    chosen.add(new Frame(face, count * (2 * look + 1) / (2 * FRAMES_OF_A_FACE)));
                }
            }
        }
        return chosen;
    }
}

package io.unmask.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.unmask.config.SettingsLoader;
import io.unmask.config.SettingsSources;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.ingest.face.CropSpec;
import io.unmask.model.data.FaceCache;
import io.unmask.model.data.FaceSequence;
import io.unmask.model.data.Manifest;
import io.unmask.model.graph.AdamUpdate;
import io.unmask.model.graph.Architecture;
import io.unmask.model.graph.Loss;
import io.unmask.model.graph.MobileNetV2;
import io.unmask.model.score.DjlClipScorer;
import io.unmask.model.score.ModelDirectory;
import io.unmask.model.spec.ModelCard;
import io.unmask.model.spec.ModelDigest;
import io.unmask.model.spec.ModelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped model says of real clips, through DJL, what the training graph says with its weights. */
@Tag("slow")
class ShippedModelParityTest {
    private static final int CLIPS = 64;

    @TempDir
    Path folder;

    @Test
    void shouldServeWhatTheTrainingGraphComputes() throws Exception {
        var directory = ModelDirectory.packagedDefault(folder);
        var card = directory.card();
        var clips = clips(card.spec());
        double largest = 0;
        try (var scorer = DjlClipScorer.open(directory, 1);
                var step = new TrainStep(
                        architecture(card),
                        new TrainStep.Settings(
                                card.spec().clipFrames(),
                                new Loss(0.5, 0),
                                0,
                                new AdamUpdate.Settings(0.9, 0.98, 1e-8, 0, 1),
                                name -> false,
                                0,
                                1))) {
            step.initialise(1);
            var weights = Checkpoint.read(directory.path().resolve(ModelDigest.WEIGHTS));
            var both = new HashMap<String, float[]>();
            weights.values().forEach((name, values) -> {
                if (step.shapes().containsKey(name)) {
                    both.put(name, values); // the rest is the distance's, which the training graph does not compute
                }
                if (step.shapes().containsKey(AdamUpdate.averageOf(name))) {
                    both.put(AdamUpdate.averageOf(name), values);
                }
            });
            step.assign(both);
            for (var clip : clips) {
                var judged = step.judge(batch(clip)).logits()[0];
                var served =
                        scorer.score(List.<float[][]>of(scorer.encode(clip))).get(0);
                double difference = Math.abs(served.logit() - (judged[1] - judged[0]));
                largest = Math.max(largest, difference);
            }
        }
        System.out.printf("%d clips, largest difference of a logit %.2g%n", clips.size(), largest);
        assertThat(clips).hasSize(CLIPS);
        assertThat(largest).isLessThan(1e-4);
    }

    private static Architecture architecture(ModelCard card) {
        return new Architecture(
                new MobileNetV2(),
                card.spec().inputSize(),
                card.spec().clipFrames(),
                Integer.parseInt(card.settings().get("recurrentUnits").toString()),
                2);
    }

    /** The first clip of the main face of as many videos. */
    private List<List<RgbFrame>> clips(ModelSpec spec) throws IOException {
        int frames = spec.clipFrames();
        var settings = SettingsLoader.ofService()
                .load(new SettingsSources(Optional.empty(), Map.of(), Map.of("user.home", folder.toString()), Map.of()))
                .settings();
        var cache =
                new FaceCache(folder.resolve("cache"), settings, new CropSpec(spec.inputSize(), spec.cropScale()), 1);
        var data = Path.of(System.getProperty("unmask.root"), "../shared/data/clips");
        assumeTrue(Files.isDirectory(data), "needs " + data);
        var clips = new ArrayList<List<RgbFrame>>();
        for (var row : Manifest.read(data, Training.DETECTOR).rows()) {
            if (clips.size() == CLIPS) {
                break;
            }
            var tracks = cache.faces(row.file()).tracks();
            if (!tracks.isEmpty() && tracks.get(0).count() >= frames) {
                clips.add(first(tracks.get(0), frames));
            }
        }
        return clips;
    }

    private static List<RgbFrame> first(FaceSequence.Crops track, int frames) throws IOException {
        var crops = new ArrayList<RgbFrame>();
        for (int t = 0; t < frames; t++) {
            crops.add(track.read(t));
        }
        return crops;
    }

    private static Batch batch(List<RgbFrame> clip) {
        int frameBytes = clip.get(0).rgb().length;
        var bytes = new byte[clip.size() * frameBytes];
        for (int t = 0; t < clip.size(); t++) {
            System.arraycopy(clip.get(t).rgb(), 0, bytes, t * frameBytes, frameBytes);
        }
        var mask = new float[clip.size()];
        Arrays.fill(mask, 1);
        return new Batch(bytes, mask, new float[0], new float[] {1}, new float[0], List.of());
    }
}

package io.unmask.model.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.data.FaceSequence;
import io.unmask.model.evaluate.LabelTable;
import io.unmask.model.forge.Augmenter;
import io.unmask.model.graph.AdamUpdate;
import io.unmask.model.graph.Architecture;
import io.unmask.model.graph.Loss;
import io.unmask.model.graph.TextureEncoder;
import io.unmask.model.runtime.TensorFlowRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The loop learns other labels than real and fake: here, what a disc does over time, which no single frame shows. */
class MotionTest {
    private static final List<String> LABELS = List.of("growing", "still", "shrinking");
    private static final int SIDE = 32;
    private static final int FRAMES = 8;
    private static final int STEPS = 400;

    @Test
    void shouldTellThreeMotionsApart() throws Exception {
        TensorFlowRuntime.ensureLoaded();
        var plan = new BatchMaker.Plan(24, FRAMES, 1, 0, 0.05, List.of(1.0, 1.0, 1.0), 5);
        var drawing = new ClassDrawing(discs(0, 240), LABELS, new Augmenter(SIDE, 0.05, 0), plan);
        var maker = new BatchMaker(drawing, plan, SIDE);
        var architecture =
                new Architecture(new TextureEncoder(List.of(6, 6, 8, 8, 12)), SIDE, FRAMES, 12, LABELS.size());
        var adam = new AdamUpdate.Settings(0.9, 0.98, 1e-8, 0.01, 1);
        try (var step = new TrainStep(
                architecture, new TrainStep.Settings(FRAMES, new Loss(0, 0), 0, adam, name -> false, 0, 1))) {
            step.initialise(5);
            var schedule = new LearningRateSchedule(0.01, 0.0001, 20, STEPS);
            for (int done = 0; done < STEPS; done++) {
                step.run(maker.make(done), done + 1, schedule.at(done), Math.min(0.97, (1.0 + done) / (10 + done)));
            }
            var validator = new Validator(discs(1, 120), SIDE, FRAMES, 24, LABELS, Optional.empty());
            assertThat(LabelTable.metrics(LABELS, validator.labelled(step)).get("validation.clean.accuracy"))
                    .isGreaterThanOrEqualTo(0.95);
            var judged = validator.evaluate(step, STEPS, 0);
            assertThat(judged.auc()).isGreaterThan(0.98);
            assertThat(judged.logits()).containsOnlyKeys(LABELS);
        }
    }

    private static List<FaceSequence> discs(int set, int count) {
        var discs = new ArrayList<FaceSequence>();
        for (int i = 0; i < count; i++) {
            String name = "disc-" + set + "-" + i;
            discs.add(new FaceSequence("discs", name, i % 3, name, "disc", 1, new Disc(set * 1_000_003L + i, i % 3)));
        }
        return discs;
    }

    /** A bright disc of random place, shade and size, whose radius goes up, stays, or goes down by half a pixel a frame. */
    private record Disc(long seed, int label) implements FaceSequence.Crops {
        @Override
        public int count() {
            return FRAMES;
        }

        @Override
        public double margin() {
            return 1;
        }

        @Override
        public RgbFrame read(int index) {
            var random = new Random(seed);
            double x = 12 + random.nextInt(8);
            double y = 12 + random.nextInt(8);
            int shade = 160 + random.nextInt(90);
            double radius = 6 + random.nextInt(3) + (1 - label) * (index - FRAMES / 2) * 0.5;
            byte[] rgb = new byte[SIDE * SIDE * 3];
            for (int i = 0; i < rgb.length; i++) {
                int column = i / 3 % SIDE;
                int row = i / 3 / SIDE;
                boolean inside = Math.hypot(column - x, row - y) < radius;
                rgb[i] = (byte) ((inside ? shade : 60) + random.nextInt(20) - 10);
            }
            return new RgbFrame(SIDE, SIDE, rgb);
        }
    }
}

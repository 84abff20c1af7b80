package io.unmask.detector.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.config.Settings;
import io.unmask.detector.TestSettings;
import io.unmask.detector.verdict.Verdict.Kind;
import io.unmask.model.score.TinyModel;
import io.unmask.model.spec.Calibration;
import io.unmask.model.spec.ModelSpec;
import io.unmask.model.spec.OutOfDistribution;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerdictIdsTest {
    private static final Verdict.Stream STREAM = new Verdict.Stream("a", "s", "file:a.mp4");
    private static final Settings SETTINGS = TestSettings.threshold(0.7);
    private static final Verdict.Model MODEL = model("model", TinyModel.CALIBRATION);

    private static final Optional<OutOfDistribution> LIMIT = Optional.of(new OutOfDistribution(4, 0.01, "set"));

    private final VerdictIds ids = new VerdictIds(MODEL, TinyModel.SPEC, Optional.empty(), SETTINGS, Optional.empty());

    @Test
    void shouldGiveTheSameIdForTheSameSpan() {
        String id = of(ids);
        assertThat(id).matches("[0-9a-f]{32}");
        Verdict.Stream moved = new Verdict.Stream("a", "s", "file:elsewhere/a.mp4");
        assertThat(new VerdictIds(MODEL, TinyModel.SPEC, Optional.empty(), SETTINGS, Optional.empty())
                        .verdict(moved, Kind.CLIP, 1, 2, 1))
                .isEqualTo(id);
    }

    @Test
    void shouldGiveAnotherIdWhenAnythingThatMattersDiffers() {
        ModelSpec spec = TinyModel.SPEC;
        ModelSpec wider = new ModelSpec(
                spec.architecture(),
                spec.inputSize(),
                spec.clipFrames(),
                spec.features(),
                spec.cropScale() + 0.1,
                spec.sampleFps(),
                spec.labels());
        assertThat(List.of(
                        of(ids),
                        ids.verdict(STREAM, Kind.TRACK, 1, 2, 1),
                        ids.verdict(STREAM, Kind.CLIP, 2, 2, 1),
                        ids.verdict(STREAM, Kind.CLIP, 1, 3, 1),
                        ids.verdict(STREAM, Kind.CLIP, 1, 2, 2),
                        ids.verdict(new Verdict.Stream("b", "s", ""), Kind.CLIP, 1, 2, 1),
                        ids.verdict(new Verdict.Stream("a", "t", ""), Kind.CLIP, 1, 2, 1),
                        ids.verdict(new Verdict.Stream("as", "", ""), Kind.CLIP, 1, 2, 1),
                        ids.state(STREAM, StreamState.State.ENDED, 1),
                        of(new VerdictIds(
                                model("other", TinyModel.CALIBRATION),
                                spec,
                                Optional.empty(),
                                SETTINGS,
                                Optional.empty())),
                        of(new VerdictIds(
                                model("model", Verdicts.CALIBRATION),
                                spec,
                                Optional.empty(),
                                SETTINGS,
                                Optional.empty())),
                        of(new VerdictIds(MODEL, wider, Optional.empty(), SETTINGS, Optional.empty())),
                        of(new VerdictIds(MODEL, spec, LIMIT, SETTINGS, Optional.empty())),
                        of(new VerdictIds(MODEL, spec, Optional.empty(), SETTINGS, Optional.of("yunet"))),
                        of(new VerdictIds(
                                MODEL, spec, Optional.empty(), TestSettings.threshold(0.8), Optional.empty()))))
                .doesNotHaveDuplicates();
    }

    @Test
    void shouldNotDependOnWhereVerdictsAreKept() {
        assertThat(of(new VerdictIds(
                        MODEL, TinyModel.SPEC, Optional.empty(), TestSettings.in(Path.of("here")), Optional.empty())))
                .isEqualTo(of(new VerdictIds(
                        MODEL, TinyModel.SPEC, Optional.empty(), TestSettings.in(Path.of("there")), Optional.empty())));
    }

    @Test
    void shouldKnowTheFaceDetectorByItsContentAndNotItsPath() {
        assertThat(of(new VerdictIds(
                        MODEL, TinyModel.SPEC, Optional.empty(), yunet("here.onnx"), Optional.of("digest"))))
                .isEqualTo(of(new VerdictIds(
                        MODEL, TinyModel.SPEC, Optional.empty(), yunet("there.onnx"), Optional.of("digest"))));
    }

    private static String of(VerdictIds ids) {
        return ids.verdict(STREAM, Kind.CLIP, 1, 2, 1);
    }

    private static Verdict.Model model(String digest, Calibration calibration) {
        return new Verdict.Model("tiny", "1", digest, "training", calibration);
    }

    private static Settings yunet(String file) {
        return new Settings(
                SETTINGS.dataDirectory(),
                SETTINGS.source(),
                new Settings.Face(Optional.of(Path.of(file)), 40, 0.7, 0.3, 1_000),
                SETTINGS.clip(),
                SETTINGS.quality(),
                SETTINGS.model(),
                SETTINGS.verdict(),
                SETTINGS.outbox(),
                SETTINGS.kafka(),
                SETTINGS.broker(),
                SETTINGS.sources(),
                SETTINGS.serve(),
                SETTINGS.web(),
                SETTINGS.workers(),
                SETTINGS.evidence());
    }
}

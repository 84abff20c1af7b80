package io.unmask.detector.workers;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unmask.config.Settings;
import io.unmask.detector.run.ServingModel;
import io.unmask.detector.verdict.FaceWitness;
import io.unmask.detector.verdict.Locator;
import io.unmask.detector.verdict.Outcome;
import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.clip.IngestEvent.FaceClip;
import java.time.Clock;
import java.util.List;

/** A process that judges clips and dies of one of them, when it is judged and nothing of it is committed. */
public final class DyingWorker {
    private static final int DEADLY_CLIP = 2;

    private DyingWorker() {}

    /** @param arguments settings, as in {@code clip.hop=2} */
    public static void main(String[] arguments) throws Exception {
        Settings settings = WorkerProcess.settings(arguments);
        ServingModel model = ServingModel.open(settings, Clock.systemUTC());
        new ClipWorker(model, new Victim(), new SimpleMeterRegistry(), new ClipWorker.Listener() {
                    @Override
                    public void committed(List<Outcome> outcomes) {}

                    @Override
                    public void trouble(String message) {
                        System.out.println("trouble: " + message);
                    }
                })
                .run(model.load());
    }

    private static final class Victim implements FaceWitness {
        @Override
        public void judged(Verdict.Stream stream, FaceClip clip, Verdict.Face face) {
            if (stream.id().startsWith("deadly") && clip.index() == DEADLY_CLIP) {
                Runtime.getRuntime().halt(134);
            }
        }

        @Override
        public List<Verdict.Evidence> evidence(Verdict.Stream stream, int track, Locator locator) {
            return List.of();
        }
    }
}

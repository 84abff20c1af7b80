package io.unmask.model.train;

import io.unmask.config.TrainSettings;
import io.unmask.model.data.FaceSequence;
import io.unmask.model.forge.Forger;
import io.unmask.model.image.Framing;
import io.unmask.model.spec.ModelDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;

/** The forger of a training, with its generators. Used by one thread; the forger by any. */
final class Rendering implements AutoCloseable {
    private static final int BATCH = 16;

    private final Optional<NeuralRenderer> renderer;

    private Rendering(Optional<NeuralRenderer> renderer) {
        this.renderer = renderer;
    }

    /**
     * What a training needs: generators that an earlier run left in its folder or the model that it starts from brings,
     * else some that learn now; they are left in its folder. None where nothing is forged.
     *
     * @throws IOException when generators cannot be read or written
     */
    static Rendering of(
            Training.Request request, TrainSettings settings, Training.Context context, List<FaceSequence> train)
            throws IOException, InterruptedException {
        var authentic =
                train.stream().filter(face -> face.label() == PairDrawing.REAL).toList();
        boolean forges = settings.selfBlendShare() > 0 || authentic.size() == train.size();
        if (settings.rendererSteps() == 0 || !forges || authentic.isEmpty()) {
            return new Rendering(Optional.empty());
        }
        var folders = new ArrayList<>(List.of(request.out()));
        folders.addAll(request.from());
        var left = read(folders, settings);
        var lesson = new Lesson(authentic, settings.framingJitter(), settings.rendererSteps(), settings.seed());
        var rendering = left.isPresent() ? left.get() : learn(lesson, settings, context);
        rendering.keep(request.out().resolve(ModelDigest.RENDERER));
        return rendering;
    }

    private void keep(Path file) throws IOException {
        if (!Files.exists(file) && renderer.isPresent()) {
            Files.createDirectories(file.getParent());
            renderer.get().checkpoint().write(file);
        }
    }

    /** Generators out of the first of these folders that holds some. */
    private static Optional<Rendering> read(List<Path> folders, TrainSettings settings) throws IOException {
        for (Path folder : folders) {
            Path file = folder.resolve(ModelDigest.RENDERER);
            if (Files.exists(file)) {
                try {
                    return Optional.of(new Rendering(Optional.of(restored(Checkpoint.read(file), settings))));
                } catch (IOException e) {
                    throw new IOException(file + ": " + e.getMessage() + "; remove the file to train them anew", e);
                }
            }
        }
        return Optional.empty();
    }

    /**
     * How generators learn.
     *
     * @param faces authentic
     * @param jitter of their framing
     * @param steps updates
     */
    private record Lesson(List<FaceSequence> faces, double jitter, long steps, long seed) {

        /** Quarters of faces for step {@code number}, uint8 {@code [N,S/2,S/2,3]}. */
        private byte[] batch(long number, int sidePx) {
            var random = new SplittableRandom(seed * 31 + number).split();
            int half = sidePx / 2;
            byte[] batch = new byte[BATCH * half * half * 3];
            for (int i = 0; i < BATCH; i++) {
                var face = faces.get(random.nextInt(faces.size()));
                var framing = Framing.random(random, face.crops().margin(), jitter);
                byte[] rgb = framing.apply(face.crop(random.nextInt(face.crops().count())), sidePx)
                        .rgb();
                int first = random.nextInt(half + 1) * sidePx + random.nextInt(half + 1);
                for (int row = 0; row < half; row++) {
                    System.arraycopy(rgb, (first + row * sidePx) * 3, batch, (i * half + row) * half * 3, half * 3);
                }
            }
            return batch;
        }
    }

    /** Generators that learn now, on quarters of faces: their weights know no size, and a quarter costs a fourth. */
    private static Rendering learn(Lesson lesson, TrainSettings settings, Training.Context context)
            throws IOException, InterruptedException {
        int sidePx = settings.inputSize();
        var loaders = context.loaders();
        try (var pupil = new NeuralRenderer(sidePx / 2, settings.threads())) {
            pupil.initialise(lesson.seed());
            var next = loaders.submit(() -> lesson.batch(1, sidePx));
            for (long step = 1; step <= lesson.steps(); step++) {
                if (context.stopped().getAsBoolean()) {
                    throw new TrainingException(
                            "stopped while the generators of forgeries were learning; there is nothing to resume");
                }
                byte[] batch = next.get();
                long following = step + 1;
                next = loaders.submit(() -> lesson.batch(following, sidePx));
                context.progress().rendered(step, lesson.steps(), pupil.learn(batch, step));
            }
            next.cancel(true);
            return new Rendering(Optional.of(restored(pupil.checkpoint(), settings)));
        } catch (ExecutionException e) {
            throw new TrainingException(
                    "a batch could not be made: " + e.getCause().getMessage(), e.getCause());
        }
    }

    private static NeuralRenderer restored(Checkpoint checkpoint, TrainSettings settings) throws IOException {
        var renderer = new NeuralRenderer(settings.inputSize(), settings.threads());
        try {
            renderer.restore(checkpoint);
            return renderer;
        } catch (IOException e) {
            renderer.close();
            throw e;
        }
    }

    Forger forger() {
        return renderer.map(Forger::new).orElseGet(Forger::new);
    }

    @Override
    public void close() {
        renderer.ifPresent(NeuralRenderer::close);
    }
}

package io.unmask.model.generate;

import io.unmask.config.ForgeSettings;
import io.unmask.config.Settings;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.data.FaceCache;
import io.unmask.model.data.Manifest;
import io.unmask.model.data.SafeTensors;
import io.unmask.model.forge.Overlay;
import io.unmask.model.graph.TinyAutoencoder;
import io.unmask.model.image.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Passes authentic faces through decoders and writes both as pairs of one size, which differ in nothing but what the
 * decoder drew. Runs on the caller's thread.
 */
public final class Forging {
    private final Request request;
    private final ForgeSettings settings;
    private final Context context;

    /**
     * What to draw, and where to.
     *
     * @param decoders files, as {@link Decoder#open} takes them
     * @param learn decoders that learn from the faces first; they are left in {@code out}
     * @param data manifests or folders of videos and pictures in which faces are searched
     * @param out the folder to be
     */
    public record Request(List<Path> decoders, List<Design> learn, List<Path> data, Path out) {}

    /**
     * What a run is given.
     *
     * @param service settings by which faces are found, as training finds them
     * @param cache folder for faces that are cut out of videos
     * @param stopped says whether the user wants to stop; what is written by then can be learnt from
     */
    public record Context(Settings service, Path cache, Progress progress, BooleanSupplier stopped) {}

    /** Is told how a run goes on. */
    public interface Progress {
        /** A file was left out: its name, and why. */
        void skipped(String file);

        /**
         * A decoder has done a step of its training.
         *
         * @param step number, from 1
         * @param steps that it will do in all
         * @param distance of what it drew from the faces; 1 is half the range
         */
        void learnt(String decoder, long step, long steps, double distance);

        /**
         * A face was drawn.
         *
         * @param faces drawn until now
         * @param of faces to draw in all
         */
        void drawn(int faces, int of);
    }

    public Forging(Request request, ForgeSettings settings, Context context) {
        this.request = request;
        this.settings = settings;
        this.context = context;
    }

    /**
     * Runs to the end.
     *
     * @return how many faces were drawn
     * @throws IOException when a decoder or the data cannot be read, or the folder cannot be written
     * @throws InterruptedException when the user stops it while faces are cut
     */
    public int run() throws IOException, InterruptedException {
        PairFolder.requireNew(request.out());
        var decoders = new ArrayList<Decoder>();
        try {
            for (Path file : request.decoders()) {
                decoders.add(Decoder.open(file));
            }
            requireOwnFolders(decoders);
            var cache = FaceCache.forTraining(context.cache(), context.service(), 0, Manifest.MARGIN_SCALE);
            var faces = AuthenticFaces.choose(
                    request.data(),
                    cache,
                    settings.perPerson(),
                    settings.seed(),
                    context.progress()::skipped,
                    context.stopped());
            if (faces.isEmpty()) {
                throw new IOException("no authentic face was found in " + request.data()
                        + "; the manifest's column label must say real");
            }
            for (var design : request.learn()) {
                if (context.stopped().getAsBoolean()) {
                    return 0;
                }
                Files.createDirectories(request.out());
                Path file = request.out().resolve(design.name() + SafeTensors.ENDING);
                learn(design, faces, file);
                decoders.add(Decoder.open(file));
            }
            return draw(faces, decoders);
        } finally {
            decoders.forEach(Decoder::close);
        }
    }

    /** Each decoder's pictures lie in a folder of its name, beside those of the authentic faces. */
    private void requireOwnFolders(List<Decoder> decoders) throws IOException {
        var names = new HashSet<>(Set.of(AuthenticFaces.REAL));
        var all = Stream.concat(
                decoders.stream().map(Decoder::name), request.learn().stream().map(Design::name));
        for (String name : all.toList()) {
            if (!names.add(name)) {
                throw new IOException("two decoders, or one and the authentic faces, are called " + name
                        + ", and their pictures would lie in one folder; give the decoder's file another name");
            }
        }
    }

    private int draw(List<AuthenticFaces.Face> faces, List<Decoder> decoders) throws IOException {
        double weight = Math.min(1, settings.persons() / (double) faces.size());
        int number = 0;
        try (var folder = new PairFolder(request.out())) {
            while (number < faces.size() && !context.stopped().getAsBoolean()) {
                var face = faces.get(number);
                double margin = face.track().margin();
                draw(face, decoders, folder, new PairFolder.Pair(number, face.row(), margin, weight));
                number++;
                context.progress().drawn(number, faces.size());
            }
        }
        return number;
    }

    private SplittableRandom random(long number) {
        return new SplittableRandom(new SplittableRandom(settings.seed()).nextLong() + number).split();
    }

    /** Trains a decoder and writes its weights, even when it is stopped before the last step. */
    private void learn(Design design, List<AuthenticFaces.Face> faces, Path file) throws IOException {
        var learnt = faces.stream()
                .filter(face -> !face.row().split().equals(Manifest.TEST))
                .toList();
        if (learnt.isEmpty()) {
            throw new IOException("--learn " + design.name() + ": all authentic faces in " + request.data()
                    + " have the split test, by which nothing learns");
        }
        var lesson = new Lesson(learnt, settings.learnSide(), settings.learnBatch());
        try (var training = new DecoderTraining(design, settings.learnSide(), settings.seed())) {
            for (long step = 1;
                    step <= settings.learnSteps() && !context.stopped().getAsBoolean();
                    step++) {
                var random = random(step);
                double distance = training.learn(lesson.batch(face -> side(face.track(), random), random), step);
                context.progress().learnt(design.name(), step, settings.learnSteps(), distance);
            }
            training.weights().write(file);
        }
    }

    private void draw(AuthenticFaces.Face face, List<Decoder> decoders, PairFolder folder, PairFolder.Pair pair)
            throws IOException {
        var random = random(pair.number());
        var sample = face.track().sample(face.frame());
        var authentic = Pictures.square(sample.crop(), side(face.track(), random));
        folder.addAuthentic(pair, authentic);
        for (var decoder : decoders) {
            RgbFrame drawn = decoder.draw(authentic);
            // Without landmarks a crop is not aligned, and nobody knows where the mouth is.
            var part = sample.landmarks().isPresent() ? part(random) : Overlay.WHOLE;
            folder.addFake(pair, part.over(authentic, drawn, pair.margin(), random.nextLong()), decoder.name());
        }
    }

    /**
     * Draws a side in pixels, uniform in its logarithm, since generators double their sides, and no larger than the recording
     * shows the face.
     */
    private int side(FaceCache.Track track, SplittableRandom random) {
        double smallest = settings.smallestSide();
        double detail = track.detailPx() * track.margin();
        double largest = Math.max(smallest, Math.min(settings.largestSide(), detail));
        double side = smallest * Math.pow(largest / smallest, random.nextDouble());
        return (int) Math.round(side / TinyAutoencoder.MULTIPLE) * TinyAutoencoder.MULTIPLE;
    }

    private Overlay part(SplittableRandom random) {
        double at = random.nextDouble();
        if (at < settings.mouthShare()) {
            return Overlay.MOUTH;
        }
        return at < settings.mouthShare() + settings.headShare() ? Overlay.HEAD : Overlay.WHOLE;
    }
}

package io.unmask.detector.evaluate;

import io.unmask.config.Settings;
import io.unmask.detector.verdict.Reason;
import io.unmask.detector.verdict.Rules;
import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.ingest.face.CropSpec;
import io.unmask.model.data.FaceCache;
import io.unmask.model.data.Manifest;
import io.unmask.model.data.VideoEncoder;
import io.unmask.model.evaluate.Trial;
import io.unmask.model.evaluate.Trial.Unjudged;
import io.unmask.model.image.Condition;
import io.unmask.model.image.Framing;
import io.unmask.model.image.Pictures;
import io.unmask.model.score.ClipScorer;
import io.unmask.model.spec.ModelSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Judges labelled files as the service would. A video is judged by the face that is seen longest, and a face crop as it is. A
 * still picture is not judged, since the service judges faces in motion. Runs once, on the caller's thread, which owns the
 * scorer.
 *
 * @param <S> what is kept of a judged face
 */
public final class Evaluation<S extends Trial.Judged> {
    private static final int CROPS_AT_ONCE = 32;
    private static final int STOP_POLL_MS = 200;

    private final Request request;
    private final Measure<S> measure;
    private final Subject subject;
    private final Context context;
    private final FaceCache cache;
    private final List<LabelledSet> sets;
    private final Optional<VideoEncoder> encoder;

    /**
     * What is measured.
     *
     * @param videos manifests or folders of videos in which faces are searched
     * @param faces manifests or folders of pictures that are face crops already
     * @param ladder whether every file is also measured in several re-encoded forms
     * @param command the command line, for the reader of the report
     */
    public record Request(List<Path> videos, List<Path> faces, Split split, boolean ladder, String command) {}

    /** The model under evaluation, with the rules and settings that it judges by. */
    public record Subject(ModelSpec spec, Rules rules, Settings settings) {}

    /**
     * What a run is given.
     *
     * @param cache folder for faces that are cut out of videos
     * @param cutters threads that cut faces out of videos; not closed here
     * @param stopped whether the user wants to stop
     */
    public record Context(Path cache, ExecutorService cutters, Listener listener, BooleanSupplier stopped) {}

    /** Is told how far the run is, on the caller's thread. */
    public interface Listener {
        /** The files of a set are now judged in one condition. */
        void begins(String set, String condition, int files);

        /** So many files of these are done. */
        void judged(int files);
    }

    /**
     * A form in which a video is judged: as it is, or re-encoded.
     *
     * @param cacheKey names the form and all that it depends on, see {@link FaceCache#faces(Path, String, FaceCache.Remake)}
     */
    private record Form(String condition, String cacheKey, FaceCache.Remake remake) {}

    /**
     * Reads the manifests and looks for the tools, before any work is done.
     *
     * @throws IOException when a manifest is bad or a tool is missing
     */
    public Evaluation(Request request, Measure<S> measure, Subject subject, Context context) throws IOException {
        this.request = request;
        this.measure = measure;
        this.subject = subject;
        this.context = context;
        var crop = new CropSpec(subject.spec().inputSize(), subject.spec().cropScale());
        cache = new FaceCache(context.cache(), subject.settings(), crop, 1);
        sets = sets(request, measure.labels());
        encoder = request.ladder() && !request.videos().isEmpty()
                ? Optional.of(VideoEncoder.find("ffmpeg"))
                : Optional.empty();
    }

    /**
     * Judges all files.
     *
     * @return the results; empty when the user stopped the run
     * @throws IOException when a tool fails, or the cache cannot be written
     * @throws NothingJudgedException when no face got a score
     */
    public Optional<Trial<S>> run(ClipScorer scorer) throws IOException, InterruptedException {
        var judging = new Judging(scorer);
        for (var set : sets) {
            if (set.crops()) {
                judging.crops(set);
            } else {
                judging.videos(set);
            }
        }
        return context.stopped().getAsBoolean() ? Optional.empty() : Optional.of(judging.trial());
    }

    private static List<LabelledSet> sets(Request request, List<String> labels) throws IOException {
        var names = new HashSet<String>(); // sets need different names: their rows are told apart by them
        var sets = new ArrayList<LabelledSet>();
        for (boolean crops : List.of(false, true)) {
            for (Path data : crops ? request.faces() : request.videos()) {
                sets.add(LabelledSet.read(data, Manifest.newName(data, names), request.split(), crops, labels));
            }
        }
        return sets;
    }

    private static Form encoded(VideoEncoder encoder, VideoEncoder.Rung rung) {
        return new Form(rung.label(), encoder.settings(rung), (file, scratch) -> encoder.encode(file, rung, scratch));
    }

    private static String reasons(List<Reason> reasons) {
        return reasons.stream()
                .map(reason -> reason.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }

    /** Collects the results while the sets are judged one after the other; used once. */
    private final class Judging {
        private final ClipScorer scorer;
        private final TrackScorer tracks;
        private final List<S> samples = new ArrayList<>();
        private final List<Unjudged> unjudged = new ArrayList<>();

        private Judging(ClipScorer scorer) {
            this.scorer = scorer;
            tracks = new TrackScorer(scorer, subject.rules(), subject.settings());
        }

        void crops(LabelledSet set) {
            for (var condition : request.ladder() ? List.of(Condition.values()) : List.of(Condition.CLEAN)) {
                context.listener()
                        .begins(
                                set.facts().name(),
                                condition.label(),
                                set.rows().size());
                int done = 0;
                while (done < set.rows().size() && !context.stopped().getAsBoolean()) {
                    int to = Math.min(set.rows().size(), done + CROPS_AT_ONCE);
                    crops(set, set.rows().subList(done, to), condition);
                    done = to;
                    context.listener().judged(done);
                }
            }
        }

        private void crops(LabelledSet set, List<Manifest.Row> rows, Condition condition) {
            var read = new ArrayList<Manifest.Row>();
            var crops = new ArrayList<RgbFrame>();
            int side = subject.spec().inputSize();
            for (var row : rows) {
                try {
                    crops.add(Framing.serving(row.margin(subject.spec().cropScale()))
                            .apply(condition.apply(Pictures.read(row.file())), side));
                    read.add(row);
                } catch (IOException e) {
                    addUnjudged(set, row, condition.label(), "cannot be read");
                }
            }
            if (crops.isEmpty()) {
                return;
            }
            List<float[][]> clips = new ArrayList<>();
            for (float[] features : scorer.encode(crops)) {
                clips.add(new float[][] {features});
            }
            var scores = scorer.score(clips);
            for (int i = 0; i < scores.size(); i++) {
                samples.add(measure.ofCrop(
                        new Measure.Judged(set.facts().name(), read.get(i), condition.label()),
                        scores.get(i).requireFinite()));
            }
        }

        void videos(LabelledSet set) throws IOException, InterruptedException {
            judge(set, set.rows(), new Form(Condition.CLEAN.label(), "", (file, scratch) -> file));
            if (encoder.isPresent()) {
                var videos = set.rows().stream()
                        .filter(row -> !Pictures.isPicture(row.file()))
                        .toList();
                for (var rung : VideoEncoder.Rung.values()) {
                    judge(set, videos, encoded(encoder.get(), rung));
                }
            }
        }

        /** Several threads cut the faces out, and this one scores them, in the manifest's order. */
        private void judge(LabelledSet set, List<Manifest.Row> rows, Form form)
                throws IOException, InterruptedException {
            context.listener().begins(set.facts().name(), form.condition(), rows.size());
            List<Future<FaceCache.Faces>> cuts = rows.stream()
                    .map(row -> context.cutters().submit(() -> cache.faces(row.file(), form.cacheKey(), form.remake())))
                    .toList();
            try {
                for (int i = 0; i < rows.size() && !context.stopped().getAsBoolean(); i++) {
                    judge(set, rows.get(i), form, cuts.get(i));
                    context.listener().judged(i + 1);
                }
            } finally {
                cuts.forEach(cut -> cut.cancel(true));
            }
        }

        private void judge(LabelledSet set, Manifest.Row row, Form form, Future<FaceCache.Faces> cut)
                throws IOException, InterruptedException {
            try {
                Optional<FaceCache.Faces> found = await(cut);
                if (found.isEmpty()) {
                    return;
                }
                List<FaceCache.Track> faces = found.get().tracks();
                if (faces.isEmpty()) {
                    addUnjudged(set, row, form.condition(), found.get().why());
                    return;
                }
                if (faces.get(0).count() == 1 && Pictures.isPicture(row.file())) {
                    addUnjudged(set, row, form.condition(), reasons(List.of(Reason.STILL_PICTURE)));
                    return;
                }
                Verdict verdict = tracks.judge(faces.get(0));
                measure.ofVideo(new Measure.Judged(set.facts().name(), row, form.condition()), verdict)
                        .ifPresentOrElse(
                                samples::add,
                                () -> addUnjudged(set, row, form.condition(), reasons(verdict.reasons())));
            } catch (ExecutionException e) {
                if (e.getCause() instanceof VideoEncoder.FailedException failed) {
                    addUnjudged(set, row, form.condition(), failed.getMessage());
                } else if (e.getCause() instanceof IOException failed) {
                    throw failed;
                } else {
                    throw new IllegalStateException("no faces could be cut out of " + row.file(), e.getCause());
                }
            }
        }

        /** Waits for the faces of a file; empty when the user stopped the run meanwhile. */
        private Optional<FaceCache.Faces> await(Future<FaceCache.Faces> cut)
                throws ExecutionException, InterruptedException {
            while (!context.stopped().getAsBoolean()) {
                try {
                    return Optional.of(cut.get(STOP_POLL_MS, TimeUnit.MILLISECONDS));
                } catch (TimeoutException e) {
                    // The faces are not there yet: look again whether the user wants to stop.
                }
            }
            return Optional.empty();
        }

        private void addUnjudged(LabelledSet set, Manifest.Row row, String condition, String why) {
            unjudged.add(new Unjudged(set.facts().name(), condition, row.name(), why));
        }

        Trial<S> trial() {
            if (samples.isEmpty()) {
                Unjudged first = unjudged.get(0);
                long files = unjudged.stream()
                        .map(file -> List.of(file.set(), file.file()))
                        .distinct()
                        .count();
                throw new NothingJudgedException("no face could be judged in any of " + files + " files, as in "
                        + first.file() + ": " + first.why());
            }
            return new Trial<>(
                    request.command(),
                    sets.stream().map(LabelledSet::facts).toList(),
                    encoder.map(VideoEncoder::version).orElse(""),
                    samples,
                    unjudged);
        }
    }
}

package io.unmask.model.train;

import io.unmask.model.data.FaceCache;
import io.unmask.model.data.FaceSequence;
import io.unmask.model.data.Manifest;
import io.unmask.model.data.PictureCrops;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Faces to learn from and faces to judge by.
 *
 * @param digest SHA-256 of the manifests
 */
record TrainingData(List<FaceSequence> train, List<FaceSequence> validation, String digest) {
    /** Shorter tracks are mostly passers-by and false hits. */
    private static final int MIN_TRACK = 4;

    /**
     * Where faces come from.
     *
     * @param videos manifests or folders of videos and pictures in which faces are searched
     * @param faces manifests or folders of pictures that are face crops already
     * @param videoWeight how often the face of a video is drawn, a single crop counting 1
     */
    record Sources(List<Path> videos, List<Path> faces, double videoWeight) {}

    /** Reads manifests and cuts what is not cut yet; tells each file that has no face. */
    static TrainingData load(Sources sources, List<String> labels, FaceCache cache, Consumer<String> skipped)
            throws IOException {
        var train = new ArrayList<FaceSequence>();
        var validation = new ArrayList<FaceSequence>();
        var digests = new StringBuilder();
        var rows = new ArrayList<Manifest.Row>();
        for (Path data : sources.faces()) {
            var manifest = Manifest.read(data, labels);
            digests.append(manifest.digest());
            rows.addAll(manifest.rows());
            for (var row : manifest.rows()) {
                add(row, sequence(data, row, labels, new PictureCrops(row.file()), 1), train, validation);
            }
        }
        for (Path data : sources.videos()) {
            var manifest = Manifest.read(data, labels);
            digests.append(manifest.digest());
            rows.addAll(manifest.rows());
            for (var row : manifest.rows()) {
                // The label is about the main face: the one that is seen longest.
                var tracks = cache.tracks(row.file());
                if (tracks.isEmpty() || tracks.get(0).count() < MIN_TRACK) {
                    skipped.accept(row.name());
                } else {
                    add(row, sequence(data, row, labels, tracks.get(0), sources.videoWeight()), train, validation);
                }
            }
        }
        Manifest.refuseLeaks("the data sets together", rows);
        if (train.isEmpty()) {
            throw new TrainingException("no face was found in any training file of " + sources);
        }
        if (validation.isEmpty()) {
            throw new TrainingException(
                    "no face is left for validation; name some in the manifest's split column, or add groups");
        }
        boolean fakes = validation.stream().anyMatch(face -> face.label() == PairDrawing.FAKE);
        return new TrainingData(
                List.copyOf(train),
                fakes || !labels.equals(Training.DETECTOR) ? List.copyOf(validation) : ForgedCrops.beside(validation),
                Manifest.sha256(digests.toString()));
    }

    private static void add(
            Manifest.Row row, FaceSequence sequence, List<FaceSequence> train, List<FaceSequence> validation) {
        if (row.split().equals(Manifest.TRAIN)) {
            train.add(sequence);
        } else if (row.split().equals(Manifest.VALIDATION)) {
            validation.add(sequence);
        }
    }

    private static FaceSequence sequence(
            Path data, Manifest.Row row, List<String> labels, FaceSequence.Crops crops, double weight)
            throws IOException {
        int label = labels.indexOf(row.label().toLowerCase(Locale.ROOT));
        if (label < 0) {
            throw new IOException(
                    data + ": " + row.name() + " has the label " + row.label() + ": must be one of " + labels);
        }
        return new FaceSequence(
                Manifest.nameOf(data), row.name(), label, row.group(), row.method(), row.weight() * weight, crops);
    }
}

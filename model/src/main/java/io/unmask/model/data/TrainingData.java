package io.unmask.model.data;

import io.unmask.config.Sha256;
import io.unmask.ingest.face.StillFaces;
import io.unmask.model.spec.ModelSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Faces to learn from and faces to judge by.
 *
 * @param digest SHA-256 of the manifests
 */
public record TrainingData(List<FaceSequence> train, List<FaceSequence> validation, String digest) {
    /**
     * Where faces come from.
     *
     * @param videos manifests or folders of videos and pictures in which faces are searched
     * @param faces manifests or folders of pictures that are face crops already
     * @param leftOut folds that are kept from the training to judge it by. If there are any, it is judged by nothing else
     * @param everyFold whether all files that have a fold are learnt from
     */
    public record Sources(List<Path> videos, List<Path> faces, Set<String> leftOut, boolean everyFold) {

        /** The manifest's row, in the split that this training puts it in. */
        Manifest.Row placed(Manifest.Row row) {
            if (row.split().equals(Manifest.TEST)) {
                return row;
            }
            if (!row.fold().isEmpty() && (everyFold || !leftOut.isEmpty())) {
                return row.in(leftOut.contains(row.fold()) ? Manifest.VALIDATION : Manifest.TRAIN);
            }
            return !leftOut.isEmpty() && row.split().equals(Manifest.VALIDATION) ? row.in(Manifest.TEST) : row;
        }
    }

    /**
     * Reads manifests and cuts what is not cut yet.
     *
     * @param skipped is told each file without a face, and why
     * @throws IOException when something cannot be read, or no face of a label is left to learn from or to judge by
     * @throws InterruptedException when the user wants to stop
     */
    public static TrainingData load(
            Sources sources, List<String> labels, FaceCache cache, Consumer<String> skipped, BooleanSupplier stopped)
            throws IOException, InterruptedException {
        var train = new ArrayList<FaceSequence>();
        var validation = new ArrayList<FaceSequence>();
        var digests = new StringBuilder();
        var rows = new ArrayList<Manifest.Row>();
        var names = new HashSet<String>(); // faces are told apart by the names of their sets
        for (Path data : sources.faces()) {
            String set = Manifest.newName(data, names);
            for (var row : rows(data, sources, labels, digests)) {
                rows.add(row);
                FaceCache.requireNotStopped(stopped);
                var crops = new PictureCrops(row.file(), row.margin(cache.cropScale()));
                if (isWhole(crops, row, skipped)) {
                    add(row, sequence(data, set, row, labels, crops), train, validation);
                }
            }
        }
        try (var stills = new StillFaces(cache.settings().face())) {
            for (Path data : sources.videos()) {
                String set = Manifest.newName(data, names);
                for (var row : rows(data, sources, labels, digests)) {
                    rows.add(row);
                    var face =
                            cache.mainFace(row.file(), stills, stopped, why -> skipped.accept(row.name() + ": " + why));
                    if (face.isPresent()) {
                        add(row, sequence(data, set, row, labels, face.get()), train, validation);
                    }
                }
            }
        }
        Manifest.refuseLeaks("the data sets together", rows);
        if (!sources.leftOut().isEmpty()) {
            judgeVideosAlone(validation, labels, skipped);
        }
        if (train.isEmpty()) {
            throw new IOException("no face was found in any training file of " + sources);
        }
        if (rows.stream().allMatch(Manifest.Row::isSplitByGroup)) {
            holdOutAGroupOfEachLabel(train, validation);
        }
        requireAll(sources, labels, rows, train, validation);
        return new TrainingData(List.copyOf(train), List.copyOf(validation), Sha256.of(digests.toString()));
    }

    /**
     * Leaves stills out of the validation faces when there are videos among them: whatever tells a still from a video could
     * count as telling a fake from an authentic face.
     */
    private static void judgeVideosAlone(List<FaceSequence> validation, List<String> labels, Consumer<String> skipped)
            throws IOException {
        var stills =
                validation.stream().filter(face -> face.crops().count() == 1).toList();
        if (stills.isEmpty() || stills.size() == validation.size()) {
            return;
        }
        skipped.accept(stills.size() + " pictures among the files to judge by, since the others are videos");
        boolean hadFakes = labels.equals(ModelSpec.DETECTOR_LABELS) && hasFakes(validation);
        validation.removeAll(stills);
        if (hadFakes && !hasFakes(validation)) {
            throw new IOException("--leave-out: all fakes of these folds are pictures and the authentic faces are"
                    + " videos, so that none is left to judge by; give both of one kind");
        }
    }

    private static boolean hasFakes(List<FaceSequence> faces) {
        return faces.stream().anyMatch(face -> face.label() == FaceSequence.FAKE);
    }

    /** Refuses at once what would end a training hours later: an unknown fold, or a label without faces. */
    private static void requireAll(
            Sources sources,
            List<String> labels,
            List<Manifest.Row> rows,
            List<FaceSequence> train,
            List<FaceSequence> validation)
            throws IOException {
        for (String fold : sources.leftOut()) {
            if (rows.stream().noneMatch(row -> row.fold().equals(fold))) {
                throw new IOException("--leave-out " + fold + ": no file has this fold; the folds are "
                        + rows.stream()
                                .map(Manifest.Row::fold)
                                .filter(known -> !known.isEmpty())
                                .distinct()
                                .sorted()
                                .toList());
            }
        }
        for (String label : labels) {
            int number = labels.indexOf(label);
            // A detector without fakes is judged by forgeries.
            boolean needed = !labels.equals(ModelSpec.DETECTOR_LABELS) || number == FaceSequence.REAL;
            if (needed && train.stream().noneMatch(face -> face.label() == number)) {
                throw new IOException("no face labelled " + label + " to learn from in " + sources);
            }
            if (needed && validation.stream().noneMatch(face -> face.label() == number)) {
                throw new IOException("no face labelled " + label + " is left for validation; "
                        + (sources.everyFold()
                                ? "with --calibrate-by, all files that have a fold are learnt from: leave the fold of"
                                        + " some groups empty"
                                : "name some in the manifest's split column, or add groups"));
            }
        }
    }

    private static boolean isWhole(PictureCrops crops, Manifest.Row row, Consumer<String> skipped) {
        try {
            var picture = crops.read(0);
            if (picture.width() == picture.height()) {
                return true;
            }
            skipped.accept(
                    row.name() + ": a face crop must be square, this is " + picture.width() + "x" + picture.height());
            return false;
        } catch (IOException e) {
            skipped.accept(row.name() + ": " + e.getMessage());
            return false;
        }
    }

    /** Makes sure that each label has validation faces. One group in five has that split, and that may be none of a few. */
    private static void holdOutAGroupOfEachLabel(List<FaceSequence> train, List<FaceSequence> validation) {
        var labels = train.stream().map(FaceSequence::label).distinct().sorted().toList();
        for (int label : labels) {
            var groups = train.stream()
                    .filter(face -> face.label() == label)
                    .map(FaceSequence::group)
                    .distinct()
                    .sorted(Comparator.comparing(Sha256::of))
                    .toList();
            boolean isHeldOut = validation.stream().anyMatch(face -> face.label() == label);
            if (groups.size() > 1 && !isHeldOut) {
                var chosen = train.stream()
                        .filter(face -> face.group().equals(groups.get(0)))
                        .toList();
                validation.addAll(chosen);
                train.removeAll(chosen);
            }
        }
    }

    private static List<Manifest.Row> rows(Path data, Sources sources, List<String> labels, StringBuilder digests)
            throws IOException {
        var manifest = Manifest.read(data, labels);
        digests.append(manifest.digest());
        return manifest.rows().stream().map(sources::placed).toList();
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
            Path data, String set, Manifest.Row row, List<String> labels, FaceSequence.Crops crops) throws IOException {
        int label = labels.indexOf(row.label().toLowerCase(Locale.ROOT));
        if (label < 0) {
            throw new IOException(
                    data + ": " + row.name() + " has the label " + row.label() + ": must be one of " + labels);
        }
        String named = label == FaceSequence.REAL ? row.origin() : row.method();
        return new FaceSequence(
                set, row.name(), label, row.group(), named.isEmpty() ? set : named, row.weight(), crops);
    }
}

package io.unmask.model.generate;

import io.unmask.ingest.face.StillFaces;
import io.unmask.model.data.FaceCache;
import io.unmask.model.data.Manifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Chooses some faces of each authentic person. */
final class AuthenticFaces {
    static final String REAL = "real";
    static final String FAKE = "fake";

    private AuthenticFaces() {}

    /**
     * A face in one picture.
     *
     * @param row of the recording
     * @param frame index in its track
     */
    record Face(Manifest.Row row, FaceCache.Track track, int frame) {}

    /**
     * Persons come in random order, so that the first faces are as mixed as all of them.
     *
     * @param perPerson the most of one person; from different recordings as far as there are some
     * @param skipped is told each file without a face, and why
     * @throws InterruptedException when the user wants to stop
     */
    static List<Face> choose(
            List<Path> data,
            FaceCache cache,
            int perPerson,
            long seed,
            Consumer<String> skipped,
            BooleanSupplier stopped)
            throws IOException, InterruptedException {
        var persons = new TreeMap<String, List<Manifest.Row>>();
        for (Path each : data) {
            for (var row : Manifest.read(each, List.of(REAL, FAKE)).rows()) {
                if (row.label().equalsIgnoreCase(REAL)) {
                    persons.computeIfAbsent(row.group(), group -> new ArrayList<>())
                            .add(row);
                }
            }
        }
        var random = new Random(seed);
        var order = new ArrayList<>(persons.values());
        Collections.shuffle(order, random);
        var faces = new ArrayList<Face>();
        try (var stills = new StillFaces(cache.settings().face())) {
            for (var recordings : order) {
                var seen = new ArrayList<Face>();
                for (var row : recordings) {
                    cache.mainFace(row.file(), stills, stopped, why -> skipped.accept(row.name() + ": " + why))
                            .ifPresent(face -> seen.add(new Face(row, face, random.nextInt(face.count()))));
                }
                Collections.shuffle(seen, random);
                faces.addAll(some(seen, perPerson, random));
            }
        }
        return faces;
    }

    /** One of each recording first, then others of the same recordings. */
    private static List<Face> some(List<Face> oneEach, int perPerson, Random random) {
        var some = new LinkedHashSet<>(oneEach);
        for (int round = 1; round < perPerson; round++) {
            for (var face : oneEach) {
                some.add(new Face(
                        face.row(), face.track(), random.nextInt(face.track().count())));
            }
        }
        return some.stream().limit(perPerson).toList();
    }
}

package io.unmask.samples.mouths;

import io.unmask.config.Sha256;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.data.FaceCache;
import io.unmask.model.data.Manifest;
import io.unmask.samples.make.ClipEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Cuts windows of talking people's faces out of videos and labels each by how much the mouth moves: the third that moves
 * most is {@code speaking}, the third that moves least {@code silent}, and what lies between is left out.
 *
 * @param cache cuts the faces
 * @param frames of a window
 * @param out where the clips and their manifest go
 */
record MouthClips(FaceCache cache, int frames, Path out) {
    static final String SPEAKING = "speaking";
    static final String SILENT = "silent";

    /** One person in this many is for validation. */
    private static final int PERSONS_PER_VALIDATION_PERSON = 5;

    /** A piece of a face's track. */
    private record Window(Manifest.Row row, FaceCache.Track face, int start, double motion) {}

    /** How many clips were made, of how many persons, and how many of these are for validation. */
    record Made(int speaking, int silent, int persons, int validationPersons) {}

    /**
     * @param skipped is told of each video that gives nothing, and why
     * @throws IOException when nothing can be labelled, or the clips cannot be written
     */
    Made cut(List<Manifest.Row> rows, Consumer<String> skipped) throws IOException {
        List<Window> windows = new ArrayList<>();
        for (Manifest.Row row : rows) {
            FaceCache.Faces faces = cache.faces(row.file());
            List<Window> found = windows(row, faces.tracks());
            if (found.isEmpty()) {
                skipped.accept(row.file() + ": "
                        + (faces.tracks().isEmpty() ? faces.why() : "no face is seen for " + frames + " frames"));
            }
            windows.addAll(found);
        }
        int third = windows.size() / 3;
        if (third == 0) {
            throw new IOException("only " + windows.size() + " windows of " + frames
                    + " frames show a face: bring more or longer videos");
        }
        windows.sort(Comparator.comparingDouble(Window::motion));
        List<Window> silent = windows.subList(0, third);
        List<Window> speaking = windows.subList(windows.size() - third, windows.size());
        Set<String> validation = validationPersons(persons(silent), persons(speaking));
        List<String> lines = new ArrayList<>(List.of("path,label,person,split"));
        write(SILENT, silent, validation, lines);
        write(SPEAKING, speaking, validation, lines);
        Files.write(out.resolve("manifest.csv"), lines);
        return new Made(third, third, union(persons(silent), persons(speaking)).size(), validation.size());
    }

    /**
     * Chooses the persons for validation: one in five, and as many more as it takes to have both labels among them. For each
     * label, somebody must be left to learn from.
     */
    private static Set<String> validationPersons(Set<String> silent, Set<String> speaking) throws IOException {
        List<String> all = union(silent, speaking).stream()
                .sorted(Comparator.comparing(Sha256::of))
                .toList();
        for (int count = Math.max(1, all.size() / PERSONS_PER_VALIDATION_PERSON); count < all.size(); count++) {
            Set<String> chosen = Set.copyOf(all.subList(0, count));
            if (!Collections.disjoint(chosen, silent) && !Collections.disjoint(chosen, speaking)) {
                if (chosen.containsAll(silent) || chosen.containsAll(speaking)) {
                    break;
                }
                return chosen;
            }
        }
        throw new IOException("too few of " + all.size()
                + " persons speak or are silent to learn from some and judge by others: bring videos of more people");
    }

    private static Set<String> union(Set<String> one, Set<String> other) {
        Set<String> union = new HashSet<>(one);
        union.addAll(other);
        return union;
    }

    private List<Window> windows(Manifest.Row row, List<FaceCache.Track> faces) throws IOException {
        if (faces.isEmpty()) {
            return List.of();
        }
        FaceCache.Track face = faces.get(0);
        List<Window> windows = new ArrayList<>();
        for (int start = 0; start + frames <= face.count(); start += frames / 2) {
            windows.add(new Window(row, face, start, MouthMotion.of(face.read(start, frames))));
        }
        return windows;
    }

    private static Set<String> persons(List<Window> windows) {
        Set<String> persons = new HashSet<>();
        windows.forEach(window -> persons.add(window.row().group()));
        return persons;
    }

    /** @param validation the persons whose clips are for validation */
    private void write(String label, List<Window> windows, Set<String> validation, List<String> lines)
            throws IOException {
        Files.createDirectories(out.resolve(label));
        for (Window window : windows) {
            String name = label + "/"
                    + Sha256.of(window.row().file().toAbsolutePath().toString()).substring(0, 12) + "-" + window.start()
                    + ".mp4";
            Path file = out.resolve(name);
            List<RgbFrame> pictures = window.face().read(window.start(), frames);
            try (ClipEncoder encoder = new ClipEncoder(
                    file,
                    window.face().size(),
                    window.face().size(),
                    cache.settings().source().sampleFps())) {
                for (RgbFrame picture : pictures) {
                    encoder.write(picture);
                }
            }
            String person = window.row().group();
            String quoted = '"' + person.replace("\"", "\"\"") + '"';
            lines.add(String.join(
                    ",", name, label, quoted, validation.contains(person) ? Manifest.VALIDATION : Manifest.TRAIN));
        }
    }
}

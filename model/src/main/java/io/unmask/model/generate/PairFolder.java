package io.unmask.model.generate;

import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.data.Manifest;
import io.unmask.model.image.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A folder of face crops in pairs, for {@code unmask train --faces}. A pair is a group of its own, so that training pairs
 * no other face with it; its fold and its split are those of the recording. Rows follow their pictures, so that a folder
 * that was never finished can be learnt from.
 */
final class PairFolder implements AutoCloseable {
    private static final CsvSchema COLUMNS = CsvSchema.builder()
            .addColumns(
                    List.of("path", "label", "method", "group", "person", "from", "fold", "split", "margin", "weight"),
                    CsvSchema.ColumnType.STRING)
            .build()
            .withHeader();

    private static final String MANIFEST = "manifest.csv";

    private final Path folder;
    private final SequenceWriter rows;

    /** @throws IOException when the folder holds pairs already */
    static void requireNew(Path folder) throws IOException {
        Path manifest = folder.resolve(MANIFEST);
        if (Files.exists(manifest)) {
            throw new IOException(manifest + ": is there already; give another --out, or remove it");
        }
    }

    /** @throws IOException when the folder cannot be written */
    PairFolder(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder);
        rows = new CsvMapper()
                .writer(COLUMNS)
                .writeValues(folder.resolve(MANIFEST).toFile());
    }

    /**
     * What the pictures of a pair have in common.
     *
     * @param number of the pair
     * @param recording the face is from
     * @param margin side of the pictures over 1.4 sides of the face's box
     * @param weight how often the pair is drawn
     */
    record Pair(int number, Manifest.Row recording, double margin, double weight) {}

    void addAuthentic(Pair pair, RgbFrame picture) throws IOException {
        add(pair, picture, AuthenticFaces.REAL, AuthenticFaces.REAL, "");
    }

    void addFake(Pair pair, RgbFrame picture, String decoder) throws IOException {
        add(pair, picture, AuthenticFaces.FAKE, decoder, Manifest.DECODER + decoder);
    }

    private void add(Pair pair, RgbFrame picture, String label, String subfolder, String method) throws IOException {
        String path = String.format(Locale.ROOT, "%s/%05d.png", subfolder, pair.number);
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Pictures.write(picture, file);
        var recording = pair.recording;
        rows.write(List.of(
                path,
                label,
                method,
                Manifest.nameOf(folder) + "/" + pair.number,
                recording.group(),
                recording.origin(),
                recording.fold(),
                recording.split(),
                String.format(Locale.ROOT, "%.4f", pair.margin),
                String.format(Locale.ROOT, "%.6f", pair.weight)));
        rows.flush();
    }

    @Override
    public void close() throws IOException {
        rows.close();
    }
}

package io.unmask.detector.serve;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.unmask.detector.verdict.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What people said of faces, with the faces' pictures: a labelled data set that grows. Thread-safe. */
public final class LabelStore {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_ABSENT, JsonInclude.Include.NON_ABSENT))
            .build();

    private final Path folder;

    /**
     * What one person said of one face.
     *
     * @param id of the verdict; a later label of the same id holds
     * @param pFake what the model had said
     * @param pictures names of files beside the list
     */
    public record Label(
            String id,
            ReviewQueue.Answer answer,
            String who,
            Instant at,
            String source,
            String stream,
            String verdict,
            double pFake,
            String model,
            String modelDigest,
            List<String> pictures) {}

    /** @param dataDirectory in which the labels are kept */
    public LabelStore(Path dataDirectory) {
        folder = dataDirectory.resolve("labels");
    }

    synchronized void add(ReviewQueue.Entry entry, ReviewQueue.Answer answer, String who, Instant at) {
        Verdict verdict = entry.verdict();
        try {
            Files.createDirectories(folder);
            List<String> pictures = new ArrayList<>();
            for (byte[] jpeg : entry.pictures()) {
                String name = entry.id() + "-" + pictures.size() + ".jpg";
                Files.write(folder.resolve(name), jpeg);
                pictures.add(name);
            }
            Label label = new Label(
                    entry.id(),
                    answer,
                    who,
                    at,
                    entry.source(),
                    verdict.stream().id(),
                    verdict.decision().name(),
                    verdict.score().map(Verdict.Score::pFake).orElse(Double.NaN),
                    verdict.model().name() + " " + verdict.model().version(),
                    verdict.model().digest(),
                    pictures);
            Files.writeString(
                    list(),
                    MAPPER.writeValueAsString(label) + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new RefusedException(folder + ": the label cannot be kept: " + e);
        }
    }

    private Path list() {
        return folder.resolve("labels.jsonl");
    }

    /**
     * All labels; of several about one face the last.
     *
     * @throws IOException when the list cannot be read
     */
    public List<Label> all() throws IOException {
        Map<String, Label> labels = new LinkedHashMap<>();
        if (Files.exists(list())) {
            try (MappingIterator<Label> lines =
                    MAPPER.readerFor(new TypeReference<Label>() {}).readValues(list().toFile())) {
                while (lines.hasNext()) {
                    Label label = lines.next();
                    labels.remove(label.id());
                    labels.put(label.id(), label);
                }
            }
        }
        return List.copyOf(labels.values());
    }

    /**
     * Writes a folder that {@code train --data} reads: the pictures that people could tell, and {@code manifest.csv}.
     * Faces of one stream are one group, so that a stream is not on both sides of a split.
     *
     * @param target new or empty
     * @return how many pictures
     * @throws IOException when the labels cannot be read or the target cannot be written
     */
    public int export(Path target) throws IOException {
        Files.createDirectories(target);
        StringBuilder manifest = new StringBuilder("path,label,group\n");
        int count = 0;
        for (Label label : all()) {
            if (label.answer() == ReviewQueue.Answer.CANNOT_TELL) {
                continue;
            }
            String name = label.answer() == ReviewQueue.Answer.FAKE ? "fake" : "real";
            for (String picture : label.pictures()) {
                Files.write(target.resolve(picture), Files.readAllBytes(folder.resolve(picture)));
                manifest.append(picture).append(',').append(name).append(',').append(csv(label.stream()));
                manifest.append('\n');
                count++;
            }
        }
        Files.writeString(target.resolve("manifest.csv"), manifest, StandardCharsets.UTF_8);
        return count;
    }

    private static String csv(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }
}

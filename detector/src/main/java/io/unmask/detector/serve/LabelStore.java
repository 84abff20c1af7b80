package io.unmask.detector.serve;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.unmask.config.PrivateFiles;
import io.unmask.detector.verdict.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What people said about faces, with the faces' pictures, as a labelled data set. Thread-safe. */
public final class LabelStore {
    private static final Logger LOG = LoggerFactory.getLogger(LabelStore.class);
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_ABSENT, JsonInclude.Include.NON_ABSENT))
            .build();

    private final Path folder;
    private final LineFile list;

    /**
     * What one person said about one face.
     *
     * @param id of the verdict; of several labels with the same id the last one counts
     * @param pFake the model's score
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
        list = new LineFile(folder.resolve("labels.jsonl"));
    }

    synchronized void add(ReviewQueue.Entry entry, ReviewQueue.Answer answer, String who, Instant at) {
        Verdict verdict = entry.verdict();
        try {
            PrivateFiles.createDirectories(folder);
            List<String> pictures = new ArrayList<>();
            for (byte[] jpeg : entry.pictures()) {
                String name = entry.id() + "-" + pictures.size() + ".jpg";
                Files.write(PrivateFiles.create(folder.resolve(name)), jpeg);
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
            list.add(MAPPER.writeValueAsString(label));
        } catch (IOException e) {
            throw new RefusedException(folder + ": the label cannot be kept: " + e);
        }
    }

    /**
     * All labels; of several about one face, the last. A line that is no label, for instance because a crash cut it off, is
     * logged and left out.
     *
     * @throws IOException when the list cannot be read
     */
    public List<Label> all() throws IOException {
        Map<String, Label> labels = new LinkedHashMap<>();
        int number = 0;
        for (String line : list.lines()) {
            number++;
            try {
                Label label = MAPPER.readValue(line, Label.class);
                labels.remove(label.id());
                labels.put(label.id(), label);
            } catch (JsonProcessingException e) {
                LOG.warn("{}:{}: is no label and is left out: {}", list.path(), number, e.getOriginalMessage());
            }
        }
        return List.copyOf(labels.values());
    }

    /**
     * Writes a folder for {@code train --data}: the pictures of faces that people called fake or authentic, and
     * {@code manifest.csv}. Faces of one stream form one group, so that a split cannot put them on both of its sides.
     *
     * @param target new or empty
     * @return how many pictures were written
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

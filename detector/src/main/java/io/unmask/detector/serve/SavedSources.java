package io.unmask.detector.serve;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.unmask.config.PrivateFiles;
import io.unmask.config.SourceSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The sources that were added over HTTP, in a file that only its owner reads, since an address may hold a password. */
final class SavedSources {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().addModule(new Jdk8Module()).build();

    private final Path file;

    SavedSources(Path file) {
        this.file = file;
    }

    /** @throws RefusedException when there is a file that cannot be read */
    List<SourceSpec> load() {
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            return List.of(MAPPER.readValue(file.toFile(), SourceSpec[].class));
        } catch (IOException e) {
            throw new RefusedException(file + ": the sources that were added over HTTP cannot be read: "
                    + e.getClass().getSimpleName() + "; mend the file or remove it");
        }
    }

    /** @throws RefusedException when the file cannot be written */
    void save(List<SourceSpec> specs) {
        try {
            PrivateFiles.replace(file, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(specs));
        } catch (IOException e) {
            throw new RefusedException(file + ": the sources cannot be saved: " + e);
        }
    }
}

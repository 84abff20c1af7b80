package io.unmask.detector.serve;

import io.unmask.config.Settings;
import io.unmask.config.SettingsException;
import io.unmask.config.SourceSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Takes up edits of the settings file. One that is invalid is refused with all its problems, and the running set stays.
 * One thread.
 */
final class SettingsWatch {
    private final Optional<Path> file;
    private final Supplier<Settings> loader;
    private final Settings common;
    private final Consumer<List<SourceSpec>> sources;
    private final Consumer<String> notes;
    private byte[] content;

    /**
     * @param common what the service was started with
     * @param sources takes the sources of a valid edit, and may refuse them
     * @param notes told what came of an edit
     */
    SettingsWatch(
            Optional<Path> file,
            Supplier<Settings> loader,
            Settings common,
            Consumer<List<SourceSpec>> sources,
            Consumer<String> notes) {
        this.file = file;
        this.loader = loader;
        this.common = common;
        this.sources = sources;
        this.notes = notes;
        content = read();
    }

    /** Looks whether the file has changed. */
    void look() {
        byte[] now = read();
        if (file.isEmpty() || Arrays.equals(now, content)) {
            return;
        }
        content = now;
        try {
            Settings edited = loader.get();
            sources.accept(edited.sources());
            notes.accept(file.get() + ": taken up, " + edited.sources().size() + " sources");
            if (!withoutSources(edited).equals(withoutSources(common))) {
                notes.accept(file.get() + ": of what changed beside the sources nothing holds before a restart");
            }
        } catch (SettingsException | RefusedException e) {
            notes.accept(file.get() + ": refused, the sources stay as they are\n" + e.getMessage());
        }
    }

    /** A file that is being replaced may be missing for a moment: that is no edit. */
    private byte[] read() {
        try {
            return file.isPresent() ? Files.readAllBytes(file.get()) : new byte[0];
        } catch (IOException e) {
            return content == null ? new byte[0] : content;
        }
    }

    private static Settings withoutSources(Settings settings) {
        return settings.withSources(List.of());
    }
}

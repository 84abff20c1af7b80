package io.unmask.detector.serve;

import io.unmask.config.Settings;
import io.unmask.config.SettingsException;
import io.unmask.config.SourceSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Takes up edits of the settings file. An invalid edit is refused with all its problems, and the sources stay as they are.
 * Used by one thread.
 */
final class SettingsWatch {
    private final Optional<Path> file;
    private final Supplier<Settings> loader;
    private final Settings common;
    private final Consumer<List<SourceSpec>> sources;
    private final Consumer<String> notes;
    /** What the file held at the last look. */
    private Optional<ByteBuffer> seen;
    /** The content that was last taken up or refused; empty before the first time. */
    private Optional<ByteBuffer> taken = Optional.empty();

    /**
     * @param common the settings that the service was started with
     * @param sources takes the sources of a valid edit, and may refuse them
     * @param notes told whether an edit was taken up
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
        seen = read();
    }

    /**
     * Looks whether the file has changed. An edit is taken up when two looks in a row have found the same content. A single
     * look may find a half-written file, which is valid without its sources and would end them all.
     */
    void look() {
        Optional<ByteBuffer> now = read();
        boolean agree = now.equals(seen);
        seen = now;
        if (now.isEmpty() || !agree || now.equals(taken)) {
            return;
        }
        boolean first = taken.isEmpty();
        taken = now;
        try {
            Settings edited = loader.get();
            // The first content is usually what the service was started with, unless the file was edited since then.
            if (first && edited.sources().equals(common.sources())) {
                return;
            }
            sources.accept(edited.sources());
            notes.accept(file.get() + ": taken up, " + edited.sources().size() + " sources");
            if (!withoutSources(edited).equals(withoutSources(common))) {
                notes.accept(file.get() + ": changes other than to the sources take effect after a restart");
            }
        } catch (SettingsException | RefusedException e) {
            notes.accept(file.get() + ": refused, the sources stay as they are\n" + e.getMessage());
        }
    }

    /** Empty when there is no file. While an editor replaces it, it may be missing for a moment, which is no edit. */
    private Optional<ByteBuffer> read() {
        try {
            return file.isPresent() ? Optional.of(ByteBuffer.wrap(Files.readAllBytes(file.get()))) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Settings withoutSources(Settings settings) {
        return settings.withSources(List.of());
    }
}

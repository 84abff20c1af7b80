package io.unmask.detector.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Which files were judged to their ends, so that a service that starts again does not judge them again. One that failed
 * is not among them: what kept it from being read may be gone by then. A file
 * counts once its last event is safe; a crash before that judges it again, and its events have the same ids. Thread-safe.
 */
final class Journal {
    private final LineFile file;
    private final Set<String> judged;

    /** A file as it was when it was found: one that changed is another. */
    record Entry(Path path, long bytes, long modifiedMillis) {
        static Entry of(Path path) throws IOException {
            return new Entry(
                    path.toAbsolutePath().normalize(),
                    Files.size(path),
                    Files.getLastModifiedTime(path).toMillis());
        }

        String line() {
            return bytes + " " + modifiedMillis + " " + path.toString().replace('\n', ' ');
        }
    }

    private Journal(LineFile file, Set<String> judged) {
        this.file = file;
        this.judged = judged;
    }

    /** @throws RefusedException when the file cannot be read */
    static Journal open(Path file) {
        try {
            LineFile lines = new LineFile(file);
            return new Journal(lines, new HashSet<>(lines.lines()));
        } catch (IOException e) {
            throw new RefusedException(file + ": the list of judged files cannot be read: " + e);
        }
    }

    synchronized boolean contains(Entry entry) {
        return judged.contains(entry.line());
    }

    /** @throws RefusedException when the disk does not take it */
    synchronized void add(Entry entry) {
        if (!judged.add(entry.line())) {
            return;
        }
        try {
            file.add(entry.line());
        } catch (IOException e) {
            throw new RefusedException(file.path() + ": the list of judged files cannot be written: " + e);
        }
    }
}

package io.unmask.detector.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * The list of files that were judged to their ends, so that a restarted service does not judge them again. A file that failed
 * is not listed, since the next start may be able to read it. A file is listed once its last event is stored; after a crash
 * before that, it is judged again, and its events have the same ids. Thread-safe.
 */
final class Journal {
    private final LineFile file;
    private final Set<String> judged;

    /** A file with its size and time of change, so that a changed file counts as another one. */
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

    /** @throws RefusedException when the list cannot be written */
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

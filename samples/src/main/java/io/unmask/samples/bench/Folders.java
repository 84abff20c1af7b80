package io.unmask.samples.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Folders that are ours alone. */
final class Folders {
    private Folders() {}

    /** Files by different names that are one file: to name one twice would be one stream. */
    static List<Path> copies(Path folder, Path file, int count) throws IOException {
        Path links = Files.createTempDirectory(folder, "copies");
        List<Path> copies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            copies.add(Files.createSymbolicLink(links.resolve(i + ".mp4"), file.toAbsolutePath()));
        }
        return copies;
    }
}

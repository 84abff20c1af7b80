package io.unmask.samples.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Folders of links to one video. */
final class Folders {
    private Folders() {}

    /** Links to a file, each of which is a stream of its own. The same path given twice would be one stream. */
    static List<Path> copies(Path folder, Path file, int count) throws IOException {
        Path links = Files.createTempDirectory(folder, "copies");
        List<Path> copies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            copies.add(Files.createSymbolicLink(links.resolve(i + ".mp4"), file.toAbsolutePath()));
        }
        return copies;
    }
}

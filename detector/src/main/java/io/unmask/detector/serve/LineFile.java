package io.unmask.detector.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.unmask.config.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** A file that only its owner reads and that grows by lines. Used by one thread at a time. */
record LineFile(Path path) {

    /** All lines, none when there is no file. One that was torn by a crash may be among them. */
    List<String> lines() throws IOException {
        return Files.exists(path)
                ? new String(Files.readAllBytes(path), UTF_8).lines().toList()
                : List.of();
    }

    /** Adds a line as a whole or, when the disk does not take it, not at all. */
    void add(String line) throws IOException {
        PrivateFiles.createDirectories(path.getParent());
        try (FileChannel channel =
                FileChannel.open(PrivateFiles.create(path), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long end = channel.size();
            String gap = isTorn(channel, end) ? "\n" : "";
            channel.position(end);
            try {
                for (ByteBuffer rest = UTF_8.encode(gap + line + "\n"); rest.hasRemaining(); ) {
                    channel.write(rest);
                }
            } catch (IOException e) {
                channel.truncate(end);
                throw e;
            }
        }
    }

    /** Whether a crash left a last line without its end. */
    private static boolean isTorn(FileChannel channel, long end) throws IOException {
        ByteBuffer last = ByteBuffer.allocate(1);
        return end > 0 && channel.read(last, end - 1) == 1 && last.get(0) != '\n';
    }
}

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

/** A text file that only its owner can read and to which lines are appended. Used by one thread at a time. */
record LineFile(Path path) {

    /** All lines, none when there is no file. One that a crash cut off may be among them. */
    List<String> lines() throws IOException {
        return Files.exists(path)
                ? new String(Files.readAllBytes(path), UTF_8).lines().toList()
                : List.of();
    }

    /** Appends the whole line or, when writing fails, nothing. */
    void add(String line) throws IOException {
        PrivateFiles.createDirectories(path.getParent());
        try (FileChannel channel =
                FileChannel.open(PrivateFiles.create(path), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long end = channel.size();
            String separator = isTorn(channel, end) ? "\n" : "";
            channel.position(end);
            try {
                for (ByteBuffer rest = UTF_8.encode(separator + line + "\n"); rest.hasRemaining(); ) {
                    channel.write(rest);
                }
            } catch (IOException e) {
                channel.truncate(end);
                throw e;
            }
        }
    }

    /** Whether the last line has no line break, because a crash cut it off. */
    private static boolean isTorn(FileChannel channel, long end) throws IOException {
        ByteBuffer last = ByteBuffer.allocate(1);
        return end > 0 && channel.read(last, end - 1) == 1 && last.get(0) != '\n';
    }
}

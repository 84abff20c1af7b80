package io.unmask.ingest.decode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Finds the video files that a path stands for. */
final class VideoFiles {
    // Still pictures are left out: a folder's thumbnails are not its videos. A picture can be named by itself.
    private static final Set<String> EXTENSIONS = Set.of(
            "3g2", "3gp", "avi", "flv", "m2ts", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "mxf", "ogv", "ts",
            "webm", "wmv");

    private VideoFiles() {}

    /** The path itself when it is a file, else the video files below the folder, sorted by path. */
    static List<Path> at(Path path) throws SourceException {
        if (!Files.exists(path)) {
            throw SourceException.fatal("source " + path + ": no such file or folder; check the path");
        }
        return Files.isDirectory(path) ? below(path) : List.of(path);
    }

    private static List<Path> below(Path folder) throws SourceException {
        List<Path> videos;
        try (Stream<Path> files = Files.walk(folder)) {
            videos = files.filter(VideoFiles::isVideo).sorted().toList();
        } catch (IOException e) {
            throw unreadable(folder, e);
        } catch (UncheckedIOException e) {
            throw unreadable(folder, e.getCause());
        }
        if (videos.isEmpty()) {
            throw SourceException.fatal("source " + folder + ": no video file in this folder; looked for "
                    + String.join(", ", EXTENSIONS.stream().sorted().toList()));
        }
        return videos;
    }

    private static boolean isVideo(Path path) {
        String name = path.getFileName().toString();
        String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return !name.startsWith(".") && EXTENSIONS.contains(extension) && Files.isRegularFile(path);
    }

    private static SourceException unreadable(Path folder, IOException cause) {
        String where =
                cause instanceof FileSystemException at && at.getFile() != null ? at.getFile() : folder.toString();
        String why = cause instanceof AccessDeniedException ? "no permission to read it" : cause.getMessage();
        return SourceException.fatal("folder " + where + " cannot be searched: " + why);
    }
}

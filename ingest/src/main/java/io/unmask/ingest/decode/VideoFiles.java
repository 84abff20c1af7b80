package io.unmask.ingest.decode;

import io.unmask.ingest.decode.SourceList.Skipped;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The video files that a path stands for, and what else is there, both sorted by path. */
record VideoFiles(List<Path> videos, List<Skipped> skipped) {
    // Still pictures are left out: a folder's thumbnails are not its videos. A picture can be named by itself.
    private static final Set<String> EXTENSIONS = Set.of(
            "3g2", "3gp", "avi", "flv", "m2ts", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "mxf", "ogv", "ts",
            "webm", "wmv");

    /** The path itself when it is a file, else the video files below the folder. */
    static VideoFiles at(Path path) {
        try {
            if (!Files.readAttributes(path, BasicFileAttributes.class).isDirectory()) {
                return new VideoFiles(List.of(path), List.of());
            }
            // A link to a folder is followed when the user names it, and not when it is met in a folder.
            return below(Files.isSymbolicLink(path) ? path.toRealPath() : path);
        } catch (NoSuchFileException e) {
            return trouble(path, "source " + path + ": no such file or folder; check the path");
        } catch (IOException e) {
            return trouble(path, "source " + path + ": " + unreadable(e));
        }
    }

    private static VideoFiles below(Path folder) {
        Walk walk = new Walk(folder);
        try {
            Files.walkFileTree(folder, walk);
        } catch (IOException e) {
            walk.trouble(folder, unreadable(e));
        }
        walk.videos.sort(Comparator.naturalOrder());
        walk.skipped.sort(Comparator.comparing(Skipped::entry));
        if (walk.videos.isEmpty() && walk.skipped.stream().noneMatch(Skipped::trouble)) {
            return trouble(
                    folder,
                    "source " + folder + ": no video file in this folder; looked into all, and for "
                            + String.join(", ", EXTENSIONS.stream().sorted().toList()));
        }
        return new VideoFiles(walk.videos, walk.skipped);
    }

    private static VideoFiles trouble(Path path, String reason) {
        return new VideoFiles(List.of(), List.of(new Skipped(path.toString(), reason, true)));
    }

    /** Why a file cannot be read, without its path. */
    static String unreadable(IOException cause) {
        return "cannot be read: " + (cause instanceof AccessDeniedException ? "no permission to read it" : why(cause));
    }

    /** The reason of a failure. The message of a file system's failure begins with the path, which the user is told anyway. */
    private static String why(IOException cause) {
        return cause instanceof FileSystemException failure && failure.getReason() != null
                ? failure.getReason()
                : cause.getMessage();
    }

    /** Whether the path can be handed on as text: a name's bytes may be no characters of the environment's encoding. */
    private static boolean isText(Path path) {
        try {
            return Path.of(path.toString()).equals(path);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** Collects the files below a folder, and goes on when one of them cannot be read. */
    private static final class Walk extends SimpleFileVisitor<Path> {
        private static final String HIDDEN = "hidden; name it by itself to have it judged";

        private final Path root;
        private final List<Path> videos = new ArrayList<>();
        private final List<Skipped> skipped = new ArrayList<>();

        private Walk(Path root) {
            this.root = root;
        }

        /** Skips hidden folders, which hold what is not a finished video of the user's: partial copies, the bin, thumbnails. */
        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            if (folder.equals(root) || !isHidden(folder)) {
                return FileVisitResult.CONTINUE;
            }
            skipped.add(new Skipped(folder.toString(), folder + ": " + HIDDEN, false));
            return FileVisitResult.SKIP_SUBTREE;
        }

        private static boolean isHidden(Path path) {
            return path.getFileName().toString().startsWith(".");
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            Optional<String> other = whatElse(file);
            if (Files.isDirectory(file)) {
                trouble(file, "a link to a folder is not followed; name the folder itself");
            } else if (other.isPresent()) {
                skipped.add(new Skipped(file.toString(), file + ": " + other.get(), false));
            } else if (!Files.exists(file)) {
                trouble(file, "a link to nothing");
            } else if (!Files.isRegularFile(file)) {
                trouble(file, "neither a file nor a folder");
            } else if (!isText(file)) {
                trouble(
                        file,
                        "its name has no characters of " + encoding()
                                + ", the environment's encoding; rename it, or set LC_ALL to the encoding of the name");
            } else {
                videos.add(file);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path path, IOException cause) {
            trouble(path, unreadable(cause));
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, IOException cause) {
            if (cause != null) {
                trouble(folder, unreadable(cause));
            }
            return FileVisitResult.CONTINUE;
        }

        private void trouble(Path path, String reason) {
            skipped.add(new Skipped(path.toString(), "source " + path + ": " + reason, true));
        }

        /** What a file is that is no video; empty when it is one by its name or by its content. */
        private static Optional<String> whatElse(Path file) {
            String name = file.getFileName().toString();
            String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
            if (isHidden(file)) {
                return Optional.of(HIDDEN);
            } else if (EXTENSIONS.contains(extension)) {
                return Optional.empty();
            } else if (!Files.isRegularFile(file)) {
                return Optional.of("not a video by its name");
            }
            try {
                return Optional.of(MediaKind.of(file))
                        .filter(kind -> kind != MediaKind.VIDEO)
                        .map(MediaKind::words);
            } catch (IOException e) {
                return Optional.empty(); // reading it as a source will say why it cannot be read
            }
        }

        private static String encoding() {
            return System.getProperty(
                    "sun.jnu.encoding", Charset.defaultCharset().name());
        }
    }
}

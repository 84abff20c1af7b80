package io.unmask.ingest.decode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** Refuses what the file system alone shows to be unreadable, in clearer words than FFmpeg's. */
final class SourceCheck {
    private SourceCheck() {}

    static void beforeOpening(SourceUri uri) throws SourceException {
        switch (uri.kind()) {
            case FILE -> file(Path.of(uri.location()));
            case WEBCAM -> webcam(Path.of(uri.location()));
            case SCREEN, RTSP, RTMP, UDP, HTTP -> {}
        }
    }

    private static void file(Path path) throws SourceException {
        if (path.toString().equals("-")) {
            throw refusal(
                    path, "standard input is not read, since videos are read from place to place; write it to a file");
        }
        try {
            Files.readAttributes(path, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            throw refusal(path, "no such file; check the path");
        } catch (IOException e) {
            throw refusal(path, VideoFiles.unreadable(e));
        }
        if (Files.isDirectory(path)) {
            throw refusal(path, "a folder, not a file; name a video file");
        }
        if (!Files.isRegularFile(path)) {
            throw refusal(
                    path,
                    "a pipe or device, not a file, and videos are read from place to place; write what comes through it to a"
                            + " file, or serve it over HTTP");
        }
        if (!Files.isReadable(path)) {
            throw refusal(path, "no permission to read it; check the file's owner and mode");
        }
        if (size(path) == 0) {
            throw refusal(path, "the file is empty; copy or record it again");
        }
        if (kind(path) == MediaKind.ANIMATED_WEBP) {
            throw refusal(path, MediaKind.ANIMATED_WEBP.words());
        }
    }

    private static MediaKind kind(Path path) throws SourceException {
        try {
            return MediaKind.of(path);
        } catch (IOException e) {
            throw refusal(path, "cannot be read: " + e.getMessage());
        }
    }

    /** What to do about a file that FFmpeg cannot read. */
    static String advice(Path path) {
        try {
            MediaKind kind = MediaKind.of(path);
            return kind == MediaKind.VIDEO ? "check that it is a whole video file" : "it is " + kind.words();
        } catch (IOException e) {
            return "it cannot be read: " + e.getMessage();
        }
    }

    private static long size(Path path) throws SourceException {
        try {
            return Files.size(path);
        } catch (IOException e) {
            throw refusal(path, "cannot be read: " + e.getMessage());
        }
    }

    private static void webcam(Path device) throws SourceException {
        if (!System.getProperty("os.name").startsWith("Linux")) {
            throw refusal(device, "webcams are read on Linux only; stream the camera over RTSP instead");
        }
        if (!Files.exists(device)) {
            throw refusal(device, "no such camera; plug it in, or try another number");
        }
        if (!Files.isReadable(device)) {
            throw refusal(device, "no permission to use the camera; add the user to the group that owns the device");
        }
    }

    private static SourceException refusal(Path path, String why) {
        return SourceException.fatal("source " + path + ": " + why);
    }
}

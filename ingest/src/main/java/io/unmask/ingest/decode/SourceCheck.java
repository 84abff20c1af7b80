package io.unmask.ingest.decode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Refuses what the file system alone shows to be unreadable, in clearer words than FFmpeg's. */
final class SourceCheck {
    private SourceCheck() {}

    static void beforeOpening(SourceUri uri) throws SourceException {
        switch (uri.kind()) {
            case FILE -> file(Path.of(uri.location()));
            case WEBCAM -> webcam(Path.of(uri.location()));
            case RTSP, RTMP, HTTP -> {}
        }
    }

    private static void file(Path path) throws SourceException {
        if (!Files.exists(path)) {
            throw refusal(path, "no such file; check the path");
        }
        if (!Files.isRegularFile(path)) {
            throw refusal(path, "not a file; name a video file");
        }
        if (!Files.isReadable(path)) {
            throw refusal(path, "no permission to read it; check the file's owner and mode");
        }
        if (size(path) == 0) {
            throw refusal(path, "the file is empty; copy or record it again");
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

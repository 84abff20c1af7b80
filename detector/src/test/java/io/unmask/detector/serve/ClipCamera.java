package io.unmask.detector.serve;

import io.unmask.model.Programs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * FFmpeg as a camera that shows a clip again and again, as fast as a camera would, to one viewer at a time. It is there again
 * when a viewer has gone: on a busy machine the service may open it anew.
 */
final class ClipCamera implements AutoCloseable {
    private final Path clip;
    private final String address;
    private Optional<Process> process = Optional.empty();

    /** A camera that is off. */
    ClipCamera(Path clip, int port) {
        this.clip = clip;
        this.address = "http://127.0.0.1:" + port + "/live";
    }

    /** A camera that is on. */
    static ClipCamera on(Path clip, int port) throws IOException {
        ClipCamera camera = new ClipCamera(clip, port);
        camera.turnOn();
        return camera;
    }

    String address() {
        return address;
    }

    void turnOn() throws IOException {
        Programs.assumeThereIs("ffmpeg");
        process = Optional.of(new ProcessBuilder(
                        "sh",
                        "-c",
                        "while :; do ffmpeg \"$@\"; done",
                        "camera",
                        "-nostdin",
                        "-loglevel",
                        "error",
                        "-re",
                        "-stream_loop",
                        "-1",
                        "-i",
                        clip.toString(),
                        "-c",
                        "copy",
                        "-f",
                        "mpegts",
                        "-listen",
                        "1",
                        address)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    void pullThePlug() throws InterruptedException {
        kill(process.orElseThrow());
        process.orElseThrow().waitFor();
    }

    @Override
    public void close() {
        process.ifPresent(ClipCamera::kill);
    }

    private static void kill(Process shell) {
        List<ProcessHandle> shown = shell.descendants().toList();
        shell.destroyForcibly();
        shown.forEach(ProcessHandle::destroyForcibly);
    }
}

package io.unmask.samples.serve;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** Cameras on a real RTSP server of the loopback interface, see {@code samples/bench/cameras.py}. */
final class Cameras implements AutoCloseable {
    private static final Path ROOT = Path.of(System.getProperty("unmask.root"));
    private static final String PYTHON = "/usr/bin/python3";
    private static final String THERE_AND_BACK =
            "[0]crop=480:270,scale=1280:720:flags=bicubic,split[a][b];[b]reverse[c];[a][c]concat,"
                    + "noise=alls=8:allf=t:all_seed=1,setpts=N/30/TB,format=yuv420p";

    private final Process server;
    private final int port;

    private Cameras(Process server, int port) {
        this.server = server;
        this.port = port;
    }

    /**
     * Starts them.
     *
     * @param loss share of the packets that are lost on the way
     */
    static Cameras start(Path video, int count, double loss) throws IOException, InterruptedException {
        assumeTrue(
                System.getenv("CI") != null
                        || new ProcessBuilder(PYTHON, "-c", "import gi; gi.require_version('GstRtspServer', '1.0')")
                                        .start()
                                        .waitFor()
                                == 0,
                "GStreamer's RTSP server is not there: apt-get install gir1.2-gst-rtsp-server-1.0");
        Process server = new ProcessBuilder(
                        PYTHON,
                        ROOT.resolve("samples/bench/cameras.py").toString(),
                        "--video",
                        video.toString(),
                        "--count",
                        String.valueOf(count),
                        "--loss",
                        String.valueOf(loss))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader out = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        return new Cameras(server, Integer.parseInt(out.readLine()));
    }

    String uri(int number) {
        return "rtsp://127.0.0.1:" + port + "/" + number;
    }

    Process process() {
        return server;
    }

    /** A face at 720p and 30 frames a second with a key frame a second, as a camera encodes; made once in the user's cache. */
    static Path video(int seconds) throws IOException, InterruptedException {
        Path cache = Path.of(System.getProperty("user.home"), ".cache", "unmask", "trials");
        Path file = cache.resolve("camera-" + seconds + "s.mp4");
        if (!Files.exists(file)) {
            Files.createDirectories(cache);
            Path round = cache.resolve("round.mp4");
            if (!Files.exists(round)) {
                Path clip = ROOT.resolve("samples/clips/authentic-1.mp4");
                // One slice a picture: GStreamer repeats the parameter sets before each slice of a key frame.
                List<String> rate = List.of("-r", "30", "-c:v", "libx264", "-preset", "veryfast", "-b:v", "2M");
                List<String> order = List.of("-bf", "0", "-g", "30", "-sc_threshold", "0", "-threads", "1");
                make(round, List.of("-i", clip.toString(), "-filter_complex", THERE_AND_BACK), rate, order);
            }
            make(
                    file,
                    List.of("-stream_loop", "-1", "-i", round.toString()),
                    List.of("-t", "" + seconds, "-c", "copy"));
        }
        return file;
    }

    @SafeVarargs
    private static void make(Path file, List<String>... arguments) throws IOException, InterruptedException {
        Path part = file.resolveSibling("part-" + ProcessHandle.current().pid() + ".mp4");
        List<String> command = new ArrayList<>(List.of("ffmpeg", "-v", "error", "-y"));
        for (List<String> some : arguments) {
            command.addAll(some);
        }
        command.add(part.toString());
        if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
            throw new IOException("ffmpeg failed: " + command);
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() {
        server.destroyForcibly();
    }
}

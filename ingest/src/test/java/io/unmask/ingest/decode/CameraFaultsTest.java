package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG2VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;

import io.unmask.config.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What cameras and networks do: packets that are lost, garbage, another size in the middle. */
@Tag("slow")
@Timeout(240)
class CameraFaultsTest {
    private static final int FRAMES = 240;

    @TempDir
    Path folder;

    private ServerSocket listener;

    /** Runs the camera's side, and must end without a failure. */
    private interface Side {
        void serve() throws IOException;
    }

    private record Seen(List<Integer> shown, List<Long> damaged, SourceException end, Counts counts) {}

    @BeforeEach
    void listen() throws IOException {
        listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
    }

    @Test
    void shouldShowNothingOfWhatPacketsThatAreLostOverUdpSpoil() throws Exception {
        byte[] stream = Files.readAllBytes(video(320, 240).write(folder.resolve("v.ts")));

        Seen seen = watch(true, 200, () -> RtspCamera.serveUdp(listener, stream, number -> number % 100 == 50));

        assertThat(seen.counts().damaged()).isPositive();
        assertThat(seen.counts().tainted()).isPositive();
        assertThat(seen.damaged()).isNotEmpty();
        assertThat(seen.shown().size()).isBetween(1, 199);
    }

    /** The clock makes the decoder late while it is asked for the 100th to the 199th time; it is asked once or twice a packet. */
    @Test
    void shouldLoseNoFurtherGroupWhenPacketsAreLostAmongThoseThatComeTooLate() throws Exception {
        byte[] stream = noisy();
        int packets = stream.length / (7 * 188);
        AtomicInteger asked = new AtomicInteger();
        LongSupplier clock = () -> asked.incrementAndGet() / 100 == 1 ? TimeUnit.HOURS.toNanos(1) : 0;
        CompletableFuture<Void> served =
                serve(() -> RtspCamera.serveUdp(listener, stream, number -> number == packets * 3 / 8));

        try (FfmpegFrameSource source = new FfmpegFrameSource(
                uri(),
                settings(true),
                new Watchdog(Executors.newSingleThreadExecutor(), 30_000, System::nanoTime),
                clock,
                Optional.of(new Backlog(1_000, 25)))) {
            source.open();
            while (source.counts().decoded() < 120) {
                source.next();
            }
            assertThat(source.counts().passedOver()).isGreaterThan(50);
            // Two pictures before the key frame at which decoding goes on refer to some that were passed over.
            assertThat(source.counts().tainted()).isEqualTo(2);
        }
        served.join();
    }

    @Test
    void shouldShowAllWhenNoPacketIsLostOverUdp() throws Exception {
        byte[] stream = noisy();

        Seen seen = watch(true, 200, () -> RtspCamera.serveUdp(listener, stream, number -> false));

        assertThat(seen.damaged()).isEmpty();
        assertThat(seen.counts().tainted()).isZero();
        assertThat(seen.shown()).hasSize(200);
    }

    @Test
    void shouldGoOnAfterGarbageAndShowNothingOfIt() throws Exception {
        byte[] stream = noisy();
        byte[] garbage = new byte[188 * 400];
        new Random(7).nextBytes(garbage);
        System.arraycopy(garbage, 0, stream, stream.length / 2 / 188 * 188, garbage.length);

        Seen seen = watch(false, FRAMES, () -> RtspCamera.serve(listener, stream));

        assertThat(seen.counts().damaged()).isPositive();
        assertThat(seen.counts().decoded()).isGreaterThan(FRAMES / 2);
        assertThat(seen.end()).hasMessageContaining("connection lost");
        assertThat(seen.end().retriable()).isTrue();
    }

    @Test
    void shouldGoOnWhenPicturesChangeTheirSize() throws Exception {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.write(Files.readAllBytes(video(320, 240).write(folder.resolve("small.ts"))));
        both.write(Files.readAllBytes(video(640, 360).write(folder.resolve("large.ts"))));

        Seen seen = watch(false, 2 * FRAMES, () -> RtspCamera.serve(listener, both.toByteArray()));

        assertThat(seen.shown()).contains(320, 640).isSorted();
        assertThat(seen.end()).hasMessageContaining("connection lost");
    }

    private static TestVideo video(int width, int height) {
        return TestVideo.of(FRAMES)
                .codec(AV_CODEC_ID_MPEG2VIDEO, AV_PIX_FMT_YUV420P)
                .size(width, height)
                .frameRate(25)
                .stamps(n -> n * 40_000L);
    }

    private byte[] noisy() throws Exception {
        return Files.readAllBytes(video(160, 120).noisy().write(folder.resolve("v.ts")));
    }

    private SourceUri uri() throws SourceException {
        return SourceUri.parse("rtsp://127.0.0.1:" + listener.getLocalPort() + "/live");
    }

    private static Settings.Source settings(boolean overUdp) {
        return new Settings.Source(25, 1, 30_000, 0, 7680L * 4320, 200_000, 0, false, 0, overUdp);
    }

    private static CompletableFuture<Void> serve(Side camera) {
        return CompletableFuture.runAsync(() -> {
            try {
                camera.serve();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** Reads at most so many pictures, and returns the widths of those that were shown. */
    private Seen watch(boolean overUdp, int most, Side camera) throws Exception {
        CompletableFuture<Void> served = serve(camera);
        List<Integer> shown = new ArrayList<>();
        List<Long> damaged = new ArrayList<>();
        SourceException end;
        Counts counts;
        try (FrameSource source = FrameSources.open(uri(), settings(overUdp))) {
            end = catchThrowableOfType(SourceException.class, () -> {
                for (int i = 0; i < most; i++) {
                    Optional<SampledPicture> next = source.next();
                    next.flatMap(SampledPicture::shown).ifPresent(picture -> shown.add(picture.width()));
                    next.filter(one -> one.shown().isEmpty()).ifPresent(one -> damaged.add(one.timeMicros()));
                }
            });
            counts = source.counts();
        }
        served.join();
        return new Seen(shown, damaged, end, counts);
    }
}

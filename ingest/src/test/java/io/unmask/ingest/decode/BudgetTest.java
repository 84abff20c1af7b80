package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unmask.config.Settings;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class BudgetTest {
    @TempDir
    Path folder;

    private final PictureMemory memory = new PictureMemory("raise the limit");

    @Test
    void shouldRefuseWhatWillNeverFit() {
        assertThatThrownBy(() -> memory.take(new PictureMemory.Wish(3 << 20, 2 << 20, true), () -> true))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining(
                        "its pictures need 3 MB of memory, and all sources have 2 MB together; raise the limit,"
                                + " or shrink the video");
    }

    @Test
    void shouldRefuseALiveSourceWhenOthersHoldTheMemory() throws Exception {
        PictureMemory.Wish wish = new PictureMemory.Wish(2 << 20, 3 << 20, false);
        PictureMemory.Share share = memory.take(wish, () -> true);
        assertThatThrownBy(() -> memory.take(wish, () -> true))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("other sources hold 2 of 3 MB; read fewer sources at once, or raise the limit");

        share.giveBack();
        share.giveBack();
        memory.take(wish, () -> true);
    }

    @Test
    @Timeout(60)
    void shouldLetAFileWaitForItsShare() throws Exception {
        PictureMemory.Wish wish = new PictureMemory.Wish(2 << 20, 3 << 20, true);
        PictureMemory.Share share = memory.take(wish, () -> true);
        CountDownLatch waiting = new CountDownLatch(1);
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<PictureMemory.Share> second = other.submit(() -> memory.take(wish, () -> {
                waiting.countDown();
                return true;
            }));
            waiting.await();
            assertThat(second.isDone()).isFalse();
            share.giveBack();
            assertThat(second.get(30, TimeUnit.SECONDS)).isNotNull();
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    @Timeout(300)
    void shouldReadFourHugePicturesOfTenBitsAtOnceInASmallHeap() throws Exception {
        Path huge = FfmpegTool.make(
                folder.resolve("huge.mp4"),
                "-f lavfi -i color=gray:size=5600x5600:rate=25 -frames:v 3 -c:v libx264 -preset ultrafast"
                        + " -pix_fmt yuv420p10le");
        assertThat(Files.size(huge)).isLessThan(200_000);
        ExecutorService readers = Executors.newCachedThreadPool();
        try {
            List<Future<Integer>> sampled = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                sampled.add(readers.submit(() -> sampled(huge)));
            }
            for (Future<Integer> each : sampled) {
                assertThat(each.get()).isEqualTo(1);
            }
        } finally {
            readers.shutdownNow();
        }
    }

    private static int sampled(Path file) throws SourceException {
        try (FrameSource source = Sources.open(file, 8)) {
            int count = 0;
            while (source.next().isPresent()) {
                count++;
            }
            return count;
        }
    }

    @Test
    @Timeout(300)
    void shouldEndASmallFileThatUnpacksToMinutesOfWork() throws Exception {
        Path bomb = Files.write(folder.resolve("bomb.gif"), gif(5600, 2000));
        assertThat(Files.size(bomb)).isLessThan(60_000);
        Settings.Source settings = new Settings.Source(0.1, 1, 20_000, 0, 7680L * 4320, 10_000, 0, false, 0, false);
        SourceUri uri = new SourceUri(SourceUri.Kind.FILE, bomb.toString());

        assertThatThrownBy(() -> {
                    try (FrameSource source = FrameSources.open(uri, settings)) {
                        Sources.drain(source);
                    }
                })
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("million pixels, more than source.max-pixels-per-byte = 10000 allows");
    }

    /** Frames of one pixel on a large canvas. */
    private static byte[] gif(int side, int frames) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write("GIF89a".getBytes(StandardCharsets.US_ASCII));
        ByteBuffer screen = ByteBuffer.allocate(7).order(ByteOrder.LITTLE_ENDIAN);
        out.write(screen.putShort((short) side)
                .putShort((short) side)
                .put((byte) 0x80)
                .array());
        out.write(new byte[] {0, 0, 0, -1, -1, -1});
        ByteBuffer image = ByteBuffer.allocate(15).order(ByteOrder.LITTLE_ENDIAN);
        image.put((byte) 0x2c)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) 1)
                .putShort((short) 1);
        image.put((byte) 0)
                .put((byte) 2)
                .put((byte) 2)
                .put((byte) 0x44)
                .put((byte) 1)
                .put((byte) 0);
        for (int n = 0; n < frames; n++) {
            out.write(new byte[] {0x21, (byte) 0xf9, 4, 0, 2, 0, 0, 0});
            out.write(image.array());
        }
        out.write(0x3b);
        return out.toByteArray();
    }
}

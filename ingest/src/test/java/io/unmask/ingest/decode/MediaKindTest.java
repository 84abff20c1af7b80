package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MediaKindTest {
    private static final String MOVING = "-f lavfi -i testsrc2=size=96x64:rate=25:duration=1";

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "mpeg2video, -c:v mpeg2video -f mpeg2video",
        "mpegts, -c:v mpeg2video -f mpegts",
        "asf, -c:v wmv2 -f asf",
        "gif, -f gif",
        "apng, -f apng -plays 0",
        "avi, -c:v mpeg4 -f avi",
        "flv, -f flv -c:v flv1",
        "dv, -s 720x576 -pix_fmt yuv420p -c:v dvvideo -f dv",
        "webm, -c:v libvpx -f webm",
        "mov, -c:v mpeg4 -f mov",
        "h264, -c:v libx264 -f h264",
        "mpeg, -c:v mpeg1video -f mpeg",
        "y4m, -f yuv4mpegpipe -pix_fmt yuv420p"
    })
    void shouldKnowAVideoWithoutItsName(String name, String words) throws Exception {
        Path file = FfmpegTool.make(folder.resolve(name), MOVING, words);

        assertThat(MediaKind.of(file)).isEqualTo(MediaKind.VIDEO);
        assertThat(Sources.drain(file, 8).counts().decoded()).isGreaterThan(20);
    }

    @Test
    void shouldKnowPicturesSoundsPlaylistsAndTexts() throws Exception {
        Map<String, MediaKind> kinds = Map.of(
                "jpg",
                MediaKind.STILL,
                "png",
                MediaKind.STILL,
                "webp",
                MediaKind.STILL,
                "bmp",
                MediaKind.STILL,
                "tiff",
                MediaKind.STILL);
        for (Map.Entry<String, MediaKind> kind : kinds.entrySet()) {
            Path file = FfmpegTool.make(folder.resolve("p." + kind.getKey()), MOVING, "-frames:v 1");
            assertThat(MediaKind.of(file)).as(kind.getKey()).isEqualTo(kind.getValue());
        }
        for (String name : List.of("s.mp3", "s.wav", "s.flac")) {
            Path file = FfmpegTool.make(folder.resolve(name), "-f lavfi -i sine=duration=1");
            assertThat(MediaKind.of(file)).as(name).isEqualTo(MediaKind.SOUND);
        }
        assertThat(MediaKind.of(write("#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\na.ts\n")))
                .isEqualTo(MediaKind.PLAYLIST);
        assertThat(MediaKind.of(write("dear diary\n".repeat(500)))).isEqualTo(MediaKind.TEXT);
        assertThat(MediaKind.of(write("{\"a\": 1}"))).isEqualTo(MediaKind.TEXT);
        byte[] noise = new byte[5000];
        new Random(5).nextBytes(noise);
        assertThat(MediaKind.of(Files.write(folder.resolve("noise"), noise))).isEqualTo(MediaKind.OTHER);
    }

    @Test
    void shouldNameAnAnimatedWebp() throws Exception {
        Path file = FfmpegTool.make(folder.resolve("a.webp"), MOVING, "-c:v libwebp_anim -loop 0");
        assertThat(MediaKind.of(file)).isEqualTo(MediaKind.ANIMATED_WEBP);
        assertThatThrownBy(() -> Sources.drain(file, 8))
                .hasMessage("source " + file
                        + ": an animated WebP, which FFmpeg 8.0 does not decode; convert it to MP4 or GIF");
    }

    @Test
    void shouldSayThatAVideoIsEncrypted() throws Exception {
        Path file = FfmpegTool.make(
                folder.resolve("e.mp4"),
                MOVING,
                "-c:v libx264 -encryption_scheme cenc-aes-ctr -encryption_kid " + "0".repeat(32),
                "-encryption_key " + "1".repeat(32));

        assertThatThrownBy(() -> Sources.drain(file, 8)).hasMessageContaining("its pictures are encrypted (DRM)");
    }

    @Test
    void shouldSayWhatAFileIsThatIsNoVideo() throws Exception {
        Path text = write("dear diary\n".repeat(500));
        assertThatThrownBy(() -> Sources.drain(text, 8)).hasMessageEndingWith("; it is a text, not a video");
        Path fifo = folder.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        assertThatThrownBy(() -> Sources.drain(fifo, 8)).hasMessageContaining("a pipe or device, not a file");
        assertThatThrownBy(() -> Sources.drain(Path.of("-"), 8)).hasMessageContaining("standard input is not read");
    }

    private Path write(String text) throws Exception {
        return Files.write(folder.resolve("text.mp4"), text.getBytes(StandardCharsets.UTF_8));
    }
}

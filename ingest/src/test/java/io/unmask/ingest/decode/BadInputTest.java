package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG2VIDEO;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG4;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_VP9;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;

import io.unmask.config.Settings;
import java.io.ByteArrayInputStream;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BadInputTest {
    @TempDir
    Path folder;

    private void assertRefused(Path file, String why) {
        assertThatThrownBy(() -> Sources.drain(file, 8))
                .isInstanceOfSatisfying(
                        SourceException.class, e -> assertThat(e.retriable()).isFalse())
                .hasMessageStartingWith("source " + file + ": ")
                .hasMessageContaining(why)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void shouldRefuseAMissingFile() {
        assertRefused(folder.resolve("none.mp4"), "no such file");
        assertRefused(folder.resolve("n".repeat(300) + ".mp4"), "cannot be read: File name too long");
    }

    @Test
    void shouldRefuseAFolder() {
        assertRefused(folder, "not a file");
    }

    @Test
    void shouldRefuseAnEmptyFile() throws Exception {
        assertRefused(Files.createFile(folder.resolve("empty.mp4")), "the file is empty");
    }

    @Test
    void shouldRefuseATextFile() throws Exception {
        assertRefused(
                Files.writeString(folder.resolve("text.mp4"), "dear diary\n".repeat(500)),
                "is not a video that can be read");
    }

    @Test
    void shouldRefuseASoundFile() throws Exception {
        Path file = folder.resolve("sound.wav");
        try (AudioInputStream sound = new AudioInputStream(
                new ByteArrayInputStream(new byte[32_000]), new AudioFormat(16_000, 16, 1, true, false), 16_000)) {
            AudioSystem.write(sound, AudioFileFormat.Type.WAVE, file.toFile());
        }
        assertRefused(file, "only sound, no picture");
    }

    @Test
    void shouldRefuseAVideoWithoutFrames() throws Exception {
        assertRefused(
                Files.writeString(folder.resolve("none.y4m"), "YUV4MPEG2 W16 H16 F25:1\n"),
                "no frame could be decoded");
    }

    @Test
    void shouldYieldTheOneFrameWhenThereIsNoOther() throws Exception {
        assertThat(Sources.drain(TestVideo.of(1).write(folder.resolve("one.mp4")), 8)
                        .counts())
                .isEqualTo(new Counts(1, 1, 0));
    }

    @Test
    void shouldRefuseAPictureLargerThanTheSetting() throws Exception {
        Path file = TestVideo.of(1).write(folder.resolve("big.mp4"));
        Settings.Source settings = new Settings.Source(8, 1, 20_000, 0, 96 * 64 - 1, 200_000, 0, false, 0, false);

        assertThatThrownBy(() -> FrameSources.open(new SourceUri(SourceUri.Kind.FILE, file.toString()), settings))
                .isInstanceOf(SourceException.class)
                .hasMessage("source " + file + ": picture of 96x64 is larger than source.max-pixels = 6143; "
                        + "raise it or shrink the video");
    }

    @Test
    void shouldRefuseAWebcamThatIsNotThere() {
        assertThatThrownBy(() -> FrameSources.open(SourceUri.parse("webcam:99"), Sources.settings(8)))
                .hasMessage("source /dev/video99: no such camera; plug it in, or try another number");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nURL\n#EXT-X-ENDLIST\n",
                "ffconcat version 1.0\nfile 'URL'\n",
                "ffconcat version 1.0\nfile 'VIDEO'\n",
                "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:VIDEO\n#EXT-X-ENDLIST\n",
                "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
                "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"><BaseURL>URL</BaseURL></MPD>"
            })
    void shouldOpenNothingElseWhenAPlaylistIsNamedAsAVideo(String playlist) throws Exception {
        Path other = TestVideo.of(9).write(folder.resolve("other.mp4"));
        try (ServerSocket server = new ServerSocket(0)) {
            String text = playlist.replace("URL", "http://127.0.0.1:" + server.getLocalPort() + "/x.ts")
                    .replace("VIDEO", other.toString());
            for (String name : new String[] {"p.mp4", "p.m3u8", "p.ffconcat", "p.sdp", "p.mpd"}) {
                assertRefused(Files.writeString(folder.resolve(name), text), "is not a video");
            }
            server.setSoTimeout(1);
            assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void shouldTakeAFilesNameLiterallyWhenItLooksLikeAPattern() throws Exception {
        TestVideo.of(1).write(folder.resolve("p1.png.mp4"));
        assertRefused(
                Files.writeString(folder.resolve("p%d.png"), "dear diary\n".repeat(500)),
                "is not a video that can be read");
    }

    static Stream<Arguments> containers() {
        return Stream.of(
                Arguments.of("v.mp4", AV_CODEC_ID_MPEG4),
                Arguments.of("v.avi", AV_CODEC_ID_MPEG4),
                Arguments.of("v.mkv", AV_CODEC_ID_MPEG4),
                Arguments.of("v.webm", AV_CODEC_ID_VP9),
                Arguments.of("v.ts", AV_CODEC_ID_MPEG2VIDEO));
    }

    @ParameterizedTest
    @MethodSource("containers")
    void shouldYieldWhatDecodesAndCountTheRestWhenTheFileIsTruncated(String name, int codec) throws Exception {
        byte[] whole = wholeVideo(name, codec);
        Path file = folder.resolve("cut-" + name);
        Files.write(file, Arrays.copyOf(whole, whole.length * 6 / 10 + 7));

        Sources.Drained drained = Sources.drain(file, 100);

        assertThat(drained.counts().decoded()).isBetween(10L, 28L);
        assertThat(drained.pictures()).hasSizeGreaterThanOrEqualTo(9);
        assertThat(drained.counts().damaged()).isPositive();
    }

    @ParameterizedTest
    @MethodSource("containers")
    void shouldEndWithPicturesOrOneLineWhateverBitsAreFlipped(String name, int codec) throws Exception {
        byte[] whole = wholeVideo(name, codec);
        Path file = folder.resolve("flipped-" + name);
        Random random = new Random(20_261_121);
        int readable = 0;
        long damaged = 0;
        for (int variant = 0; variant < 40; variant++) {
            byte[] bytes = whole.clone();
            for (int flip = 0; flip <= variant; flip++) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file, bytes);
            try {
                Sources.Drained drained = Sources.drain(file, 100);
                assertThat(drained.micros()).isSorted().doesNotHaveDuplicates();
                assertThat(drained.counts().decoded()).isPositive();
                readable++;
                damaged += drained.counts().damaged();
            } catch (SourceException e) {
                assertThat(e).hasMessageStartingWith("source " + file).hasMessageNotContaining("\n");
            }
        }
        assertThat(readable).isPositive();
        assertThat(damaged).isPositive();
    }

    private byte[] wholeVideo(String name, int codec) throws Exception {
        return Files.readAllBytes(TestVideo.of(30)
                .codec(codec, AV_PIX_FMT_YUV420P)
                .frameRate(25)
                .noisy()
                .faststart()
                .stamps(n -> n * 40_000L)
                .write(folder.resolve(name)));
    }
}

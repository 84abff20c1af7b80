package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MJPEG;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG2VIDEO;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG4;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ420P;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SamplingTest {
    @TempDir
    Path folder;

    @Test
    void shouldTakeEightFramesASecondAndConvertNoOthersWhenTheVideoHasThirty() throws Exception {
        Sources.Drained drained = Sources.drain(TestVideo.of(30).write(folder.resolve("v.mp4")), 8);

        assertThat(drained.indices()).containsExactly(0, 4, 8, 11, 15, 19, 23, 26);
        assertThat(drained.millis()).containsExactly(0L, 133L, 267L, 367L, 500L, 633L, 767L, 867L);
        assertThat(drained.counts()).isEqualTo(new Counts(30, 8, 0));
    }

    @Test
    void shouldSampleByPresentationTimeWhenTheFrameRateVaries() throws Exception {
        // Ten frames 20 ms apart, then ten 200 ms apart.
        TestVideo video = TestVideo.of(20).stamps(n -> n < 10 ? n * 20_000L : 200_000 + (n - 10) * 200_000L);
        Sources.Drained drained = Sources.drain(video.write(folder.resolve("v.mkv")), 8);

        assertThat(drained.indices()).containsExactly(0, 6, 11, 12, 13, 14, 15, 16, 17, 18, 19);
        assertThat(drained.millis())
                .containsExactly(0L, 120L, 400L, 600L, 800L, 1000L, 1200L, 1400L, 1600L, 1800L, 2000L);
        assertThat(drained.counts()).isEqualTo(new Counts(20, 11, 0));
    }

    @Test
    void shouldTakeEveryFrameWhenTheVideoIsSlowerThanTheSampleRate() throws Exception {
        TestVideo video = TestVideo.of(12).stamps(n -> n * 1_000_000L / 7);

        assertThat(Sources.drain(video.write(folder.resolve("v.mkv")), 8).indices())
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    }

    static Stream<Arguments> videosWithFramesBetweenOthers() {
        return Stream.of(
                Arguments.of("v.mp4", AV_CODEC_ID_MPEG4),
                Arguments.of("v.mkv", AV_CODEC_ID_MPEG4),
                Arguments.of("v.mp4", AV_CODEC_ID_MPEG2VIDEO),
                Arguments.of("v.ts", AV_CODEC_ID_MPEG2VIDEO));
    }

    @ParameterizedTest
    @MethodSource("videosWithFramesBetweenOthers")
    void shouldLeaveOutFramesThatNobodyWantsAndNoFrameRefersTo(String name, int codec) throws Exception {
        TestVideo video = TestVideo.of(60).frameRate(30).codec(codec, AV_PIX_FMT_YUV420P);

        assertLeavesOutSome(video.betweenFrames(2).write(folder.resolve(name)), 0L, 133L, 267L, 367L, 500L);
    }

    @Test
    void shouldLeaveOutFramesThatNobodyWantsWhenSomeOfThoseBetweenAreReferredTo() throws Exception {
        Path file = Files.write(folder.resolve("v.mp4"), h264());

        // Each of them refers to others, or others to it: every second frame of I B b B P.
        assertLeavesOutSome(file, 0L, 133L, 267L, 400L, 533L);
        assertThat(Sources.drain(file, 8).counts().decoded()).isEqualTo(33);
    }

    @Test
    void shouldLeaveOutNothingOnceAFrameProvedBroken() throws Exception {
        byte[] bytes = h264();
        Arrays.fill(bytes, bytes.length / 8, bytes.length / 8 + 200, (byte) 0x55);

        Counts counts =
                Sources.drain(Files.write(folder.resolve("v.mp4"), bytes), 8).counts();

        assertThat(counts.damaged()).isPositive();
        assertThat(counts.decoded()).isGreaterThan(50);
    }

    /**
     * Made by {@code ffmpeg -f lavfi -i testsrc2=size=96x64:rate=30:duration=2 -c:v libx264 -crf 30 -pix_fmt yuv420p
     * -x264-params keyint=24:b-adapt=0}, since our own FFmpeg has no encoder that lets frames refer to frames between.
     */
    private static byte[] h264() throws IOException {
        try (InputStream video = SamplingTest.class.getResourceAsStream("between-frames.mp4")) {
            return video.readAllBytes();
        }
    }

    private static void assertLeavesOutSome(Path file, Long... firstMillis) throws SourceException {
        Sources.Drained all = Sources.drain(file, 30);
        Sources.Drained some = Sources.drain(file, 8);

        assertThat(all.counts()).isEqualTo(new Counts(60, 60, 0));
        assertThat(some.counts().decoded()).isBetween(16L, 45L);
        assertThat(some.millis()).startsWith(firstMillis).hasSize(16);
        for (int i = 0; i < some.micros().size(); i++) {
            int same = all.micros().indexOf(some.micros().get(i));
            assertThat(some.pictures().get(i).rgb())
                    .isEqualTo(all.pictures().get(same).rgb());
        }
    }

    @Test
    void shouldDecodeOnlyWhatIsSampledWhenNoFrameRefersToAnother() throws Exception {
        TestVideo video = TestVideo.of(30).codec(AV_CODEC_ID_MJPEG, AV_PIX_FMT_YUVJ420P);

        Sources.Drained drained = Sources.drain(video.write(folder.resolve("v.mkv")), 8);

        assertThat(drained.indices()).containsExactly(0, 4, 8, 11, 15, 19, 23, 26);
        assertThat(drained.counts()).isEqualTo(new Counts(8, 8, 0));
    }

    @Test
    void shouldDeclareTheFilesLength() throws Exception {
        try (FrameSource source = Sources.open(TestVideo.of(30).write(folder.resolve("v.mp4")), 8)) {
            assertThat(source.durationMicros())
                    .hasValueSatisfying(micros -> assertThat(micros).isBetween(960_000L, 1_010_000L));
        }
    }

    @Test
    void shouldKeepItsCountsAndStandASecondCloseWhenItIsClosedEarly() throws Exception {
        FrameSource source = Sources.open(TestVideo.of(30).write(folder.resolve("v.mp4")), 8);
        assertThat(source.next()).isPresent();

        source.close();
        source.close();

        assertThat(source.counts()).isEqualTo(new Counts(1, 1, 0));
    }
}

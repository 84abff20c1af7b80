package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG2VIDEO;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG4;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;

import java.nio.file.Path;
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
                Arguments.of("v.mp4", AV_CODEC_ID_MPEG4, AV_PIX_FMT_YUV420P),
                Arguments.of("v.ts", AV_CODEC_ID_MPEG2VIDEO, AV_PIX_FMT_YUV420P));
    }

    @ParameterizedTest
    @MethodSource("videosWithFramesBetweenOthers")
    void shouldTakeTheFramesThatAreDueWhateverRefersToThem(String name, int codec, int format) throws Exception {
        TestVideo video = TestVideo.of(60).frameRate(30).codec(codec, format);
        Path file = video.betweenFrames(2).write(folder.resolve(name));

        Sources.Drained all = Sources.drain(file, 30);
        Sources.Drained some = Sources.drain(file, 8);

        assertThat(some.counts()).isEqualTo(new Counts(60, 16, 0));
        assertThat(some.millis()).startsWith(0L, 133L, 267L, 367L, 500L);
        for (int i = 0; i < some.micros().size(); i++) {
            int same = all.micros().indexOf(some.micros().get(i));
            assertThat(some.pictures().get(i).rgb())
                    .isEqualTo(all.pictures().get(same).rgb());
        }
    }

    @Test
    void shouldDeclareTheFilesLength() throws Exception {
        try (FrameSource source = Sources.open(TestVideo.of(30).write(folder.resolve("v.mp4")), 8)) {
            assertThat(source.durationMicros().orElseThrow()).isBetween(960_000L, 1_010_000L);
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

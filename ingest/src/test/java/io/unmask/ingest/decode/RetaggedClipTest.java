package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_PRI_EBU3213;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_PRI_SMPTE432;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_JPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_NB;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_TRC_NB;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_clone;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import io.unmask.ingest.clip.RgbFrame;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacv.FFmpegFrameGrabber;
import org.bytedeco.javacv.FrameGrabber.ImageMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A sample clip whose pixels stay and whose colour tags are others. */
class RetaggedClipTest {
    private static final Path CLIP = Path.of(System.getProperty("unmask.root"), "samples/clips/forged-1.mp4");
    private static final AVRational SQUARE = new AVRational().num(1).den(1);

    @TempDir
    Path folder;

    /** What a picture under other tags turned out to be. */
    private enum Shown {
        UNCHANGED,
        TOLD,
        REFUSED
    }

    @Test
    void shouldShowEachCombinationUnchangedOrSayThatItDoesNot() throws Exception {
        Map<Shown, Integer> counts = new EnumMap<>(Shown.class);
        PictureConverter converter = new PictureConverter(1 << 20, 1 << 20);
        try (FFmpegFrameGrabber grabber = new FFmpegFrameGrabber(CLIP.toFile())) {
            grabber.setImageMode(ImageMode.RAW);
            grabber.start();
            AVFrame frame = (AVFrame) grabber.grabImage().opaque;
            for (int range = 0; range < AVCOL_RANGE_NB; range++) {
                RgbFrame plain = show(converter, frame, 2, 2, range);
                for (int primaries : primaries().toArray()) {
                    for (int transfer = 0; transfer < AVCOL_TRC_NB; transfer++) {
                        counts.merge(compare(converter, frame, plain, primaries, transfer, range), 1, Integer::sum);
                    }
                }
            }
        } finally {
            converter.close();
        }
        // Of three ranges. Mapped are 3 primaries and 6 transfers; 1 primaries is refused.
        assertThat(counts)
                .containsEntry(Shown.UNCHANGED, 3 * 10 * 13)
                .containsEntry(Shown.TOLD, 3 * (13 * 19 - 10 * 13))
                .containsEntry(Shown.REFUSED, 3 * 19);
    }

    /** All that FFmpeg names: 0 to 12, and one that stands apart. */
    private static IntStream primaries() {
        return IntStream.concat(IntStream.rangeClosed(0, AVCOL_PRI_SMPTE432), IntStream.of(AVCOL_PRI_EBU3213));
    }

    private static Shown compare(
            PictureConverter converter, AVFrame frame, RgbFrame plain, int primaries, int transfer, int range) {
        try {
            RgbFrame shown = show(converter, frame, primaries, transfer, range);
            if (converter.hasMappedColours()) {
                return Shown.TOLD;
            }
            assertThat(shown.rgb()).as("%d/%d/%d", primaries, transfer, range).isEqualTo(plain.rgb());
            return Shown.UNCHANGED;
        } catch (SourceException e) {
            assertThat(e).hasMessageContaining("convert the video to BT.709");
            return Shown.REFUSED;
        }
    }

    private static RgbFrame show(PictureConverter converter, AVFrame frame, int primaries, int transfer, int range)
            throws SourceException {
        AVFrame tagged = av_frame_clone(frame);
        try {
            tagged.color_primaries(primaries).color_trc(transfer).color_range(range);
            return converter.convert(tagged, SQUARE).copy();
        } finally {
            av_frame_free(tagged);
        }
    }

    @Test
    void shouldShowFullRangeAsAViewerSeesIt() throws Exception {
        PictureConverter converter = new PictureConverter(1 << 20, 1 << 20);
        try (FFmpegFrameGrabber grabber = new FFmpegFrameGrabber(CLIP.toFile())) {
            grabber.setImageMode(ImageMode.RAW);
            grabber.start();
            AVFrame frame = (AVFrame) grabber.grabImage().opaque;
            byte[] plain = show(converter, frame, 2, 2, 0).rgb();
            byte[] full = show(converter, frame, 2, 2, AVCOL_RANGE_JPEG).rgb();
            double difference = IntStream.range(0, plain.length)
                    .mapToDouble(i -> (full[i] & 255) - (16 + (plain[i] & 255) * 219 / 255.0))
                    .map(Math::abs)
                    .average()
                    .orElseThrow();
            assertThat(difference).isCloseTo(0, within(2.0));
        } finally {
            converter.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"9,16,9,true", "9,18,9,true", "9,14,9,true", "12,1,1,true", "1,16,1,true", "1,1,1,false", "6,6,6,false"
    })
    void shouldCountPicturesWhoseColoursWereMapped(int primaries, int transfer, int matrix, boolean isMapped)
            throws Exception {
        Path retagged = FfmpegTool.make(
                folder.resolve("retagged.mp4"),
                "-i " + CLIP,
                "-t 1 -c copy -bsf:v",
                "h264_metadata=colour_primaries=%d:transfer_characteristics=%d:matrix_coefficients=%d"
                        .formatted(primaries, transfer, matrix));

        Counts counts = Sources.drain(retagged, 8).counts();

        assertThat(counts.sampled()).isPositive();
        assertThat(counts.colourMapped()).isEqualTo(isMapped ? counts.sampled() : 0);
    }
}

package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.ffmpeg.global.avutil.*;

import io.unmask.ingest.clip.RgbFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.BytePointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames of one colour, stored as the recommendations say, worked out here once more. */
class ColourTest {
    private static final int SIDE = 32;
    private static final double[] SKIN = {0.75, 0.55, 0.45};
    private static final int[] PRIMARIES = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 22};

    private final PictureConverter converter = new PictureConverter(1 << 20, 1 << 20);
    private AVFrame frame;

    @BeforeEach
    void load() {
        Ffmpeg.load();
    }

    @AfterEach
    void close() {
        converter.close();
        av_frame_free(frame);
    }

    static Stream<Arguments> stored() {
        List<Arguments> all = new ArrayList<>();
        int[] formats = {
            AV_PIX_FMT_YUV420P,
            AV_PIX_FMT_YUV422P,
            AV_PIX_FMT_YUV444P,
            AV_PIX_FMT_YUVA420P,
            AV_PIX_FMT_NV12,
            AV_PIX_FMT_YUV420P10LE,
            AV_PIX_FMT_P010LE,
            AV_PIX_FMT_YUV422P12LE,
            AV_PIX_FMT_YUV444P12LE
        };
        int[] matrices = {
            AVCOL_SPC_BT709,
            AVCOL_SPC_FCC,
            AVCOL_SPC_BT470BG,
            AVCOL_SPC_SMPTE170M,
            AVCOL_SPC_SMPTE240M,
            AVCOL_SPC_BT2020_NCL,
            AVCOL_SPC_CHROMA_DERIVED_NCL
        };
        for (int format : formats) {
            for (int matrix : matrices) {
                for (int range : new int[] {AVCOL_RANGE_MPEG, AVCOL_RANGE_JPEG}) {
                    all.add(Arguments.of(av_get_pix_fmt_name(format).getString(), format, matrix, range));
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0} matrix {2} range {3}")
    @MethodSource("stored")
    void shouldHeedMatrixAndRangeOfEveryStorage(String name, int format, int matrix, int range) throws Exception {
        store(format, yuv(SKIN, matrix), matrix, AVCOL_PRI_BT709, AVCOL_TRC_BT709, range);
        assertShows(SKIN, 3);
    }

    @ParameterizedTest
    @ValueSource(ints = {AVCOL_RANGE_MPEG, AVCOL_RANGE_JPEG})
    void shouldHeedTheRangeOfGrey(int range) throws Exception {
        for (int format : new int[] {AV_PIX_FMT_GRAY8, AV_PIX_FMT_GRAY10LE, AV_PIX_FMT_GRAY12LE}) {
            store(format, new double[] {0.6, 0, 0}, AVCOL_SPC_UNSPECIFIED, AVCOL_PRI_BT709, AVCOL_TRC_BT709, range);
            assertShows(new double[] {0.6, 0.6, 0.6}, 3);
        }
    }

    @Test
    void shouldTakeRgbAsItIsWhateverItsTagsSay() throws Exception {
        for (int format : new int[] {AV_PIX_FMT_GBRP, AV_PIX_FMT_GBRP10LE, AV_PIX_FMT_GBRP12LE, AV_PIX_FMT_GBRAP}) {
            store(
                    format,
                    new double[] {SKIN[1], SKIN[2], SKIN[0]},
                    AVCOL_SPC_BT2020_NCL,
                    AVCOL_PRI_BT709,
                    AVCOL_TRC_IEC61966_2_1,
                    AVCOL_RANGE_JPEG);
            assertShows(SKIN, 2);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {AVCOL_TRC_SMPTE2084, AVCOL_TRC_ARIB_STD_B67})
    void shouldShowHighDynamicRangeAsAnOrdinaryScreenDoes(int transfer) throws Exception {
        for (double[] colour : new double[][] {SKIN, {0.3, 0.2, 0.15}, {0.1, 0.1, 0.1}, {0.2, 0.6, 0.3}, {0, 0, 0}}) {
            for (int format : new int[] {AV_PIX_FMT_YUV420P10LE, AV_PIX_FMT_P010LE, AV_PIX_FMT_YUV444P12LE}) {
                double[] code = highRange(colour, transfer);
                store(
                        format,
                        yuv(code, AVCOL_SPC_BT2020_NCL),
                        AVCOL_SPC_BT2020_NCL,
                        AVCOL_PRI_BT2020,
                        transfer,
                        AVCOL_RANGE_MPEG);
                assertShows(colour, 5);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {AVCOL_TRC_SMPTE2084, AVCOL_TRC_ARIB_STD_B67})
    void shouldBendWhatIsBrighterThanWhiteWithoutAnotherHue(int transfer) throws Exception {
        int last = 0;
        for (double code = 0.1; code <= 1; code += 0.1) {
            store(
                    AV_PIX_FMT_YUV420P10LE,
                    yuv(new double[] {code, code, code}, AVCOL_SPC_BT2020_NCL),
                    AVCOL_SPC_BT2020_NCL,
                    AVCOL_PRI_BT2020,
                    transfer,
                    AVCOL_RANGE_MPEG);
            int[] shown = shown();
            assertThat(shown[0])
                    .isGreaterThanOrEqualTo(last)
                    .isCloseTo(shown[1], within(2))
                    .isCloseTo(shown[2], within(2));
            last = shown[0];
        }
        assertThat(last).isEqualTo(255);
    }

    @Test
    void shouldShowEveryCombinationThatFfmpegNamesInItsHueOrSayWhyNot() throws Exception {
        int shownCombinations = 0;
        for (int format : new int[] {AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUV420P10LE}) {
            for (int matrix = 0; matrix < AVCOL_SPC_NB; matrix++) {
                for (int primaries : PRIMARIES) {
                    for (int transfer = 0; transfer < AVCOL_TRC_NB; transfer++) {
                        shownCombinations += showOrRefuse(format, matrix, primaries, transfer);
                    }
                }
            }
        }
        assertThat(shownCombinations).as("of two formats").isEqualTo(2 * 10 * 13 * 19);
    }

    private int showOrRefuse(int format, int matrix, int primaries, int transfer) {
        // What an authentic clip's pixels are, under another tag.
        store(format, yuv(SKIN, AVCOL_SPC_SMPTE170M), matrix, primaries, transfer, AVCOL_RANGE_MPEG);
        try {
            int[] rgb = shown();
            assertThat(rgb[0])
                    .as("red of %d/%d/%d", matrix, primaries, transfer)
                    .isGreaterThanOrEqualTo(rgb[1]);
            assertThat(rgb[1]).isGreaterThanOrEqualTo(rgb[2] - 2);
            return 1;
        } catch (SourceException e) {
            assertThat(e).hasMessageContaining("convert the video to BT.709");
            return 0;
        }
    }

    @Test
    void shouldRefuseWhatNobodyCouldShow() {
        for (int matrix : new int[] {
            AVCOL_SPC_YCGCO,
            AVCOL_SPC_BT2020_CL,
            AVCOL_SPC_SMPTE2085,
            AVCOL_SPC_CHROMA_DERIVED_CL,
            AVCOL_SPC_ICTCP,
            AVCOL_SPC_IPT_C2,
            AVCOL_SPC_YCGCO_RE,
            AVCOL_SPC_YCGCO_RO
        }) {
            store(AV_PIX_FMT_YUV420P, new double[] {0.5, 0, 0}, matrix, 1, 1, AVCOL_RANGE_MPEG);
            assertThatThrownBy(this::shown)
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining(av_color_space_name(matrix).getString());
        }
    }

    private int[] shown() throws SourceException {
        RgbFrame picture =
                converter.convert(frame, new AVRational().num(1).den(1)).copy();
        return TestVideo.rgb(picture, 0.5, 0.5);
    }

    private void assertShows(double[] colour, int tolerance) throws SourceException {
        int[] shown = shown();
        for (int c = 0; c < 3; c++) {
            assertThat(shown[c]).as("part %d", c).isCloseTo((int) Math.round(colour[c] * 255), within(tolerance));
        }
    }

    /** ITU-R BT.601, 709, 2020, SMPTE 240M. */
    private static double[] yuv(double[] rgb, int matrix) {
        double[] weights =
                switch (matrix) {
                    case AVCOL_SPC_BT709, AVCOL_SPC_CHROMA_DERIVED_NCL -> new double[] {0.2126, 0.0722};
                    case AVCOL_SPC_BT2020_NCL -> new double[] {0.2627, 0.0593};
                    case AVCOL_SPC_SMPTE240M -> new double[] {0.212, 0.087};
                    case AVCOL_SPC_FCC -> new double[] {0.30, 0.11};
                    default -> new double[] {0.299, 0.114};
                };
        double y = weights[0] * rgb[0] + (1 - weights[0] - weights[1]) * rgb[1] + weights[1] * rgb[2];
        return new double[] {y, (rgb[2] - y) / (2 * (1 - weights[1])), (rgb[0] - y) / (2 * (1 - weights[0]))};
    }

    /** How BT.2100 stores a colour that an ordinary screen shows by those numbers. */
    private static double[] highRange(double[] colour, int transfer) {
        double[] light =
                IntStream.range(0, 3).mapToDouble(c -> Math.pow(colour[c], 2.4)).toArray();
        // ITU-R BT.2087
        double[] wide = {
            0.6274 * light[0] + 0.3293 * light[1] + 0.0433 * light[2],
            0.0691 * light[0] + 0.9195 * light[1] + 0.0114 * light[2],
            0.0164 * light[0] + 0.0880 * light[1] + 0.8956 * light[2]
        };
        double shownBrightness = 0.203 * (0.2627 * wide[0] + 0.6780 * wide[1] + 0.0593 * wide[2]);
        double[] code = new double[3];
        for (int c = 0; c < 3; c++) {
            if (transfer == AVCOL_TRC_SMPTE2084) {
                double power = Math.pow(wide[c] * 203 / 10_000, 2610.0 / 16_384);
                code[c] = Math.pow((3424.0 / 4096 + 2413.0 / 128 * power) / (1 + 2392.0 / 128 * power), 2523.0 / 32);
            } else {
                double scene = shownBrightness == 0 ? 0 : 0.203 * wide[c] * Math.pow(shownBrightness, 1 / 1.2 - 1);
                code[c] = scene <= 1.0 / 12
                        ? Math.sqrt(3 * scene)
                        : 0.17883277 * Math.log(12 * scene - 0.28466892) + 0.55991073;
            }
        }
        return code;
    }

    /** A frame of one colour; parts are Y, Cb, Cr, or G, B, R from 0 to 1. */
    private void store(int format, double[] parts, int matrix, int primaries, int transfer, int range) {
        if (frame != null) {
            av_frame_free(frame);
        }
        frame = av_frame_alloc().format(format).width(SIDE).height(SIDE);
        frame.colorspace(matrix).color_primaries(primaries).color_trc(transfer).color_range(range);
        assertThat(av_frame_get_buffer(frame, 0)).isNotNegative();
        AVPixFmtDescriptor kind = av_pix_fmt_desc_get(format);
        boolean isRgb = (kind.flags() & AV_PIX_FMT_FLAG_RGB) != 0;
        for (int c = 0; c < kind.nb_components(); c++) {
            boolean isAlpha = c == 3;
            int depth = kind.comp(c).depth();
            double most = (1 << depth) - 1;
            double unit = 1 << (depth - 8);
            double level;
            if (isAlpha) {
                level = most;
            } else if (isRgb) {
                level = parts[(c + 2) % 3] * most;
            } else if (range == AVCOL_RANGE_JPEG) {
                level = c == 0 ? parts[c] * most : (1 << (depth - 1)) + parts[c] * most;
            } else {
                level = unit * (c == 0 ? 16 + 219 * parts[c] : 128 + 224 * parts[c]);
            }
            fill(kind, c, (int) Math.round(Math.min(most, level)));
        }
    }

    private void fill(AVPixFmtDescriptor kind, int component, int level) {
        int plane = kind.comp(component).plane();
        boolean isChroma = component == 1 || component == 2;
        int width = isChroma ? SIDE >> kind.log2_chroma_w() : SIDE;
        int height = isChroma ? SIDE >> kind.log2_chroma_h() : SIDE;
        int step = kind.comp(component).step();
        int offset = kind.comp(component).offset();
        int shifted = level << kind.comp(component).shift();
        BytePointer bytes = frame.data(plane);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                long at = (long) y * frame.linesize(plane) + (long) x * step + offset;
                bytes.put(at, (byte) shifted);
                if (kind.comp(component).depth() > 8) {
                    bytes.put(at + 1, (byte) (shifted >> 8));
                }
            }
        }
    }
}

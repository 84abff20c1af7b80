package io.unmask.ingest.decode;

import static org.bytedeco.ffmpeg.global.avutil.AVCOL_PRI_BT2020;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_PRI_SMPTE431;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_PRI_SMPTE432;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_TRC_ARIB_STD_B67;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_TRC_LINEAR;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_TRC_LOG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_TRC_LOG_SQRT;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_TRC_SMPTE2084;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_TRC_SMPTE428;

import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/**
 * Shows colours of high dynamic range or of a wide gamut as an ordinary screen does (ITU-R BT.709 and BT.1886). Diffuse white
 * is 203 cd/m² (ITU-R BT.2408); what is brighter is bent down to white, by the same factor for red, green and blue, so that
 * hues stay. Immutable.
 */
final class ToneMap {
    private static final double WHITE_NITS = 203;
    private static final double HLG_PEAK_NITS = 1000;
    private static final double SCREEN_GAMMA = 2.4;

    /** Light above this share of white is bent. */
    private static final double KNEE = 0.8;

    private static final int CODE_BITS = 12;
    private static final int OUT_STEPS = 1 << 16;
    private static final int BENT_STEPS_PER_WHITE = 256;

    /** Rows give red, green and blue of BT.709 out of linear light of BT.2020 (ITU-R BT.2407). */
    private static final float[] FROM_BT2020 = {
        1.6605f, -0.5876f, -0.0728f, -0.1246f, 1.1329f, -0.0083f, -0.0182f, -0.1006f, 1.1187f
    };

    /** The same out of Display P3; theatres' P3 has another white, which a viewer's eye adapts to. */
    private static final float[] FROM_P3 = {1.2249f, -0.2249f, 0, -0.0420f, 1.0420f, 0, -0.0197f, -0.0786f, 1.0983f};

    private static final float[] UNCHANGED = {1, 0, 0, 0, 1, 0, 0, 0, 1};

    private static final byte[] OUT = new byte[OUT_STEPS + 1];

    static {
        for (int i = 0; i <= OUT_STEPS; i++) {
            OUT[i] = (byte) Math.round(255 * Math.pow(i / (double) OUT_STEPS, 1 / SCREEN_GAMMA));
        }
    }

    private final float[] light = new float[1 << CODE_BITS];
    private final float[] bent;
    private final float[] matrix;
    private final boolean isHlg;

    private ToneMap(DoubleUnaryOperator lightOfCode, float[] matrix, boolean isHlg) {
        this.matrix = matrix;
        this.isHlg = isHlg;
        double most = 1;
        for (int code = 0; code < light.length; code++) {
            double value = lightOfCode.applyAsDouble(code / (light.length - 1.0));
            light[code] = (float) value;
            most = Math.max(most, value);
        }
        double brightest = (isHlg ? HLG_PEAK_NITS / WHITE_NITS : most) * 2;
        bent = new float[(int) (brightest * BENT_STEPS_PER_WHITE) + 2];
        for (int i = 1; i < bent.length; i++) {
            double value = i / (double) BENT_STEPS_PER_WHITE;
            bent[i] = (float) (bend(value) / value);
        }
        bent[0] = 1;
    }

    /** Empty when the numbers are what an ordinary screen shows. */
    static Optional<ToneMap> of(ColourTags tags) {
        float[] matrix =
                switch (tags.primaries()) {
                    case AVCOL_PRI_BT2020 -> FROM_BT2020;
                    case AVCOL_PRI_SMPTE431, AVCOL_PRI_SMPTE432 -> FROM_P3;
                    default -> UNCHANGED;
                };
        Optional<DoubleUnaryOperator> transfer = light(tags.transfer());
        if (transfer.isEmpty() && matrix == UNCHANGED) {
            return Optional.empty();
        }
        return Optional.of(new ToneMap(
                transfer.orElse(code -> Math.pow(code, SCREEN_GAMMA)),
                matrix,
                tags.transfer() == AVCOL_TRC_ARIB_STD_B67));
    }

    /** Light as a share of white, by code from 0 to 1; of HLG the scene's. Empty for what screens take as it is. */
    private static Optional<DoubleUnaryOperator> light(int transfer) {
        return Optional.ofNullable(
                switch (transfer) {
                    case AVCOL_TRC_SMPTE2084 -> ToneMap::pq;
                    case AVCOL_TRC_ARIB_STD_B67 -> ToneMap::hlg;
                    case AVCOL_TRC_LINEAR -> code -> code;
                    case AVCOL_TRC_LOG -> code -> code <= 0 ? 0 : Math.pow(10, (code - 1) * 2);
                    case AVCOL_TRC_LOG_SQRT -> code -> code <= 0 ? 0 : Math.pow(10, (code - 1) * 2.5);
                    case AVCOL_TRC_SMPTE428 -> code -> Math.pow(code, 2.6) * 52.37 / 48;
                    default -> null;
                });
    }

    /** ITU-R BT.2100, the perceptual quantiser's EOTF. */
    private static double pq(double code) {
        double power = Math.pow(code, 1 / 78.84375);
        double part = Math.max(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power);
        return 10_000 / WHITE_NITS * Math.pow(part, 1 / 0.1593017578125);
    }

    /** ITU-R BT.2100, hybrid log-gamma's inverse OETF. */
    private static double hlg(double code) {
        return code <= 0.5 ? code * code / 3 : (Math.exp((code - 0.55991073) / 0.17883277) + 0.28466892) / 12;
    }

    private static double bend(double value) {
        return value <= KNEE ? value : KNEE + (1 - KNEE) * (1 - Math.exp(-(value - KNEE) / (1 - KNEE)));
    }

    /**
     * Maps a row of pixels.
     *
     * @param reds of 16 bits, as greens and blues
     * @param to R, G and B of 8 bits
     */
    void map(short[] reds, short[] greens, short[] blues, byte[] to) {
        for (int x = 0, i = 0; x < reds.length; x++, i += 3) {
            float red = light[(reds[x] & 0xffff) >> (16 - CODE_BITS)];
            float green = light[(greens[x] & 0xffff) >> (16 - CODE_BITS)];
            float blue = light[(blues[x] & 0xffff) >> (16 - CODE_BITS)];
            float gain = isHlg ? hlgGain(red, green, blue) : 1;
            float r = Math.max(0, gain * (matrix[0] * red + matrix[1] * green + matrix[2] * blue));
            float g = Math.max(0, gain * (matrix[3] * red + matrix[4] * green + matrix[5] * blue));
            float b = Math.max(0, gain * (matrix[6] * red + matrix[7] * green + matrix[8] * blue));
            float most = Math.max(r, Math.max(g, b));
            float factor = most <= KNEE
                    ? OUT_STEPS
                    : OUT_STEPS * bent[Math.min(bent.length - 1, (int) (most * BENT_STEPS_PER_WHITE + 0.5f))];
            to[i] = OUT[Math.min(OUT_STEPS, (int) (r * factor))];
            to[i + 1] = OUT[Math.min(OUT_STEPS, (int) (g * factor))];
            to[i + 2] = OUT[Math.min(OUT_STEPS, (int) (b * factor))];
        }
    }

    /** ITU-R BT.2100, hybrid log-gamma's OOTF: a screen shows the scene with more contrast. */
    private static float hlgGain(float red, float green, float blue) {
        double scene = 0.2627 * red + 0.6780 * green + 0.0593 * blue;
        return (float) (HLG_PEAK_NITS / WHITE_NITS * Math.pow(scene, 0.2));
    }
}

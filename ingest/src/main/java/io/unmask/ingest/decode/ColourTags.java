package io.unmask.ingest.decode;

import static org.bytedeco.ffmpeg.global.avutil.AVCOL_PRI_BT2020;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_PRI_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_PRI_SMPTE428;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_PRI_UNSPECIFIED;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT2020_NCL;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT470BG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_CHROMA_DERIVED_NCL;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_FCC;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_RESERVED;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_RGB;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_SMPTE170M;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_SMPTE240M;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_UNSPECIFIED;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_TRC_UNSPECIFIED;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_FLAG_RGB;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_FLAG_XYZ;
import static org.bytedeco.ffmpeg.global.avutil.av_color_primaries_name;
import static org.bytedeco.ffmpeg.global.avutil.av_color_space_name;
import static org.bytedeco.ffmpeg.global.avutil.av_pix_fmt_desc_get;

import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;
import org.bytedeco.javacpp.BytePointer;

/**
 * What a frame says about its colours (ITU-T H.273), as far as it makes sense for how its pixels are stored.
 *
 * @param isGrey whether there is brightness alone
 * @param matrix from Y, Cb and Cr to R, G and B, one that FFmpeg's scaler knows
 */
record ColourTags(boolean isGrey, int matrix, int primaries, int transfer) {

    /**
     * Reads them.
     *
     * @throws SourceException whose message continues "source X: ", when nobody could say what a viewer sees
     */
    static ColourTags of(AVFrame frame) throws SourceException {
        AVPixFmtDescriptor format = av_pix_fmt_desc_get(frame.format());
        boolean isXyz = (format.flags() & AV_PIX_FMT_FLAG_XYZ) != 0;
        if (isXyz) { // the scaler makes RGB of it by itself
            return new ColourTags(false, AVCOL_SPC_RGB, AVCOL_PRI_UNSPECIFIED, AVCOL_TRC_UNSPECIFIED);
        }
        if (frame.color_primaries() == AVCOL_PRI_SMPTE428) {
            throw refused("primaries", av_color_primaries_name(frame.color_primaries()));
        }
        boolean isRgb = (format.flags() & AV_PIX_FMT_FLAG_RGB) != 0;
        boolean isGrey = format.nb_components() < 3;
        int matrix = isRgb ? AVCOL_SPC_RGB : isGrey ? AVCOL_SPC_UNSPECIFIED : matrix(frame);
        return new ColourTags(isGrey, matrix, frame.color_primaries(), frame.color_trc());
    }

    private static int matrix(AVFrame frame) throws SourceException {
        int matrix = frame.colorspace();
        return switch (matrix) {
            case AVCOL_SPC_RGB, AVCOL_SPC_RESERVED, AVCOL_SPC_UNSPECIFIED -> AVCOL_SPC_UNSPECIFIED;
            case AVCOL_SPC_BT709, AVCOL_SPC_BT470BG, AVCOL_SPC_SMPTE170M, AVCOL_SPC_SMPTE240M, AVCOL_SPC_BT2020_NCL ->
                matrix;
            case AVCOL_SPC_FCC -> AVCOL_SPC_SMPTE170M; // the same to two digits
            case AVCOL_SPC_CHROMA_DERIVED_NCL ->
                switch (frame.color_primaries()) {
                    case AVCOL_PRI_BT2020 -> AVCOL_SPC_BT2020_NCL;
                    case AVCOL_PRI_BT709 -> AVCOL_SPC_BT709;
                    default -> AVCOL_SPC_SMPTE170M;
                };
            default -> throw refused("matrix", av_color_space_name(matrix));
        };
    }

    private static SourceException refused(String what, BytePointer name) {
        return SourceException.fatal("its colours are stored in a way that cannot be shown as a viewer sees them ("
                + what + " " + (name == null ? "unknown" : name.getString()) + "); convert the video to BT.709");
    }

    /**
     * Leaves the frame with what the scaler is to heed: the matrix and the range. It would convert between the others by its
     * own, slow and coarse rules.
     */
    void applyTo(AVFrame frame) {
        frame.colorspace(matrix).color_primaries(AVCOL_PRI_UNSPECIFIED).color_trc(AVCOL_TRC_UNSPECIFIED);
    }
}

package io.unmask.ingest.decode;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_H264;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG1VIDEO;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG2VIDEO;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG4;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_PROP_INTRA_ONLY;
import static org.bytedeco.ffmpeg.global.avcodec.AV_FIELD_PROGRESSIVE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_FIELD_UNKNOWN;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_descriptor_get;

import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVCodecDescriptor;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;

/** Which of the frames that nobody wants can be left undecoded while all others come out the same. */
enum Omission {
    NONE,
    /** Those that the decoder knows no other frame refers to. */
    UNREFERENCED,
    /** Each: no frame refers to another. */
    ANY;

    /** Their frames say for certain whether others refer to them; HEVC's say so for their own temporal layer alone. */
    private static final Set<Integer> TELLING =
            Set.of(AV_CODEC_ID_H264, AV_CODEC_ID_MPEG1VIDEO, AV_CODEC_ID_MPEG2VIDEO, AV_CODEC_ID_MPEG4);

    static Omission of(AVCodecParameters stream) {
        // Two fields may come as two packets, and one without the other is half a frame.
        if (stream.field_order() != AV_FIELD_PROGRESSIVE && stream.field_order() != AV_FIELD_UNKNOWN) {
            return NONE;
        }
        AVCodecDescriptor codec = avcodec_descriptor_get(stream.codec_id());
        if (codec != null && (codec.props() & AV_CODEC_PROP_INTRA_ONLY) != 0) {
            return ANY;
        }
        return TELLING.contains(stream.codec_id()) ? UNREFERENCED : NONE;
    }
}

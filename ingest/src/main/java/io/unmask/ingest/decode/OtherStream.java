package io.unmask.ingest.decode;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_ATTACHED_PIC;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;

import io.unmask.ingest.clip.Coverage.Omitted;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avformat.AVStream;

/** A stream beside the one that is judged. */
final class OtherStream {
    private OtherStream() {}

    /** What a user must know about it; empty when it shows nothing. */
    static Optional<Omitted> of(AVStream stream) {
        AVCodecParameters codec = stream.codecpar();
        if (codec.codec_type() != AVMEDIA_TYPE_VIDEO) {
            return Optional.empty();
        }
        boolean isAttached = (stream.disposition() & AV_DISPOSITION_ATTACHED_PIC) != 0;
        String size = codec.width() > 0 ? ", " + codec.width() + "x" + codec.height() : "";
        String what = (isAttached ? "attached picture, stream " : "video stream ") + stream.index() + " ("
                + avcodec_get_name(codec.codec_id()).getString() + size + ")";
        return Optional.of(new Omitted(
                what,
                isAttached
                        ? "a picture is no video"
                        : "one video stream of a source is judged; to judge this one, extract it:"
                                + " ffmpeg -i IN -map 0:" + stream.index() + " -c copy OUT"));
    }
}

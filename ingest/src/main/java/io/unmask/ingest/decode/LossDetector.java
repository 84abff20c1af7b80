package io.unmask.ingest.decode;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_H264;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_PROP_INTRA_ONLY;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_NEW_EXTRADATA;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_CORRUPT;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_descriptor_get;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;

import java.util.Optional;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVCodecDescriptor;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.BytePointer;

/** Tells by a stream's packets, before they are decoded, which of them are damaged or missing. One thread. */
final class LossDetector {
    /** Codecs whose decoders report when a picture is missing that another one refers to. */
    private static final Set<String> NAMING_LOSS = Set.of("hevc", "vvc", "av1");

    private final AVRational unit;
    private final Taint taint;
    private final Optional<H264Numbers> numbers;
    private final Optional<SteadyStamps> stamps;

    LossDetector(AVCodecParameters stream, AVRational unit, Taint taint) {
        this.unit = unit;
        this.taint = taint;
        AVCodecDescriptor codec = avcodec_descriptor_get(stream.codec_id());
        boolean isH264 = stream.codec_id() == AV_CODEC_ID_H264;
        boolean refersToNone = codec == null || (codec.props() & AV_CODEC_PROP_INTRA_ONLY) != 0;
        numbers = isH264
                ? Optional.of(new H264Numbers(bytes(stream.extradata(), stream.extradata_size())))
                : Optional.empty();
        stamps = isH264 || refersToNone || NAMING_LOSS.contains(codec.name().getString())
                ? Optional.empty()
                : Optional.of(new SteadyStamps());
    }

    /** Examines the stream's next packet and tells the taint of any damage. */
    void inspect(AVPacket packet, long number) {
        if ((packet.flags() & AV_PKT_FLAG_KEY) != 0) {
            taint.begins(number);
        } else if (number == 1) {
            taint.lostBefore(number); // the recording begins amid pictures that refer to earlier ones
        }
        if ((packet.flags() & AV_PKT_FLAG_CORRUPT) != 0) {
            taint.damagedIn(number);
        }
        numbers.ifPresent(followed -> newHeader(packet).ifPresent(followed::begin));
        boolean isNumberMissing = numbers.isPresent() && numbers.get().isAfterLoss(bytes(packet.data(), packet.size()));
        if (isNumberMissing || (stamps.isPresent() && stamps.get().isAfterLoss(stampMicros(packet)))) {
            taint.lostBefore(number);
        }
    }

    /** The header that holds from this packet on, if the packet brings one: an encoder may send a new one over RTMP at any time. */
    private static Optional<byte[]> newHeader(AVPacket packet) {
        return Ffmpeg.sideData(packet, AV_PKT_DATA_NEW_EXTRADATA)
                .map(header -> bytes(header, Math.toIntExact(header.limit())));
    }

    private long stampMicros(AVPacket packet) {
        return packet.dts() == AV_NOPTS_VALUE
                ? PresentationClock.UNKNOWN
                : Math.round(1e6 * packet.dts() * unit.num() / unit.den());
    }

    private static byte[] bytes(BytePointer data, int size) {
        byte[] bytes = new byte[data == null || data.isNull() ? 0 : size];
        if (bytes.length > 0) {
            data.get(bytes);
        }
        return bytes;
    }
}

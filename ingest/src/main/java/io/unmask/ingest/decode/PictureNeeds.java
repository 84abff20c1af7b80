package io.unmask.ingest.decode;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_PROP_INTRA_ONLY;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_descriptor_get;
import static org.bytedeco.ffmpeg.global.avutil.av_image_get_buffer_size;

import com.sun.management.OperatingSystemMXBean;
import io.unmask.config.Settings;
import java.lang.management.ManagementFactory;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVCodecDescriptor;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;

/**
 * The memory that a stream's pictures take at most.
 *
 * @param nativeBytes in FFmpeg: frames that the decoder keeps, and those that are converted
 * @param heapBytes in Java: pictures that were converted, and one that is being copied
 */
record PictureNeeds(long nativeBytes, long heapBytes) {
    /** Frames that others may refer to: H.264, 7.4.2.1; most codecs keep eight at most. */
    private static final int MOST_REFERENCES = 16;

    private static final int REFERENCES = 8;

    private static final Set<String> KEEPING_MOST = Set.of("h264", "hevc", "vvc");

    /** R, G and B, a byte each, and two each on the way from a high dynamic range. */
    private static final int CONVERTED_BYTES = 3;

    private static final int WIDE_BYTES = 6;

    static PictureNeeds of(AVCodecParameters stream, int threads, int picturesAhead) {
        long pixels = (long) stream.width() * stream.height();
        int stored = av_image_get_buffer_size(stream.format(), stream.width(), stream.height(), 1);
        long frameBytes = stored > 0 ? stored : pixels * 4;
        AVCodecDescriptor codec = avcodec_descriptor_get(stream.codec_id());
        boolean refersToNone = codec != null && (codec.props() & AV_CODEC_PROP_INTRA_ONLY) != 0;
        String name = codec == null ? "" : codec.name().getString();
        int references = refersToNone ? 1 : KEEPING_MOST.contains(name) ? MOST_REFERENCES : REFERENCES;
        int held = picturesAhead + 1;
        return new PictureNeeds(
                frameBytes * (references + threads + held) + pixels * WIDE_BYTES * held,
                pixels * CONVERTED_BYTES * (held + 1));
    }

    /** Bytes for FFmpeg's frames of all sources. */
    static long nativeLimit(Settings.Source settings) {
        if (settings.memoryMegabytes() > 0) {
            return (long) settings.memoryMegabytes() << 20;
        }
        OperatingSystemMXBean machine = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return machine.getTotalMemorySize() / 2;
    }

    /** Bytes for converted pictures of all sources. */
    static long heapLimit() {
        return Runtime.getRuntime().maxMemory() / 2;
    }
}

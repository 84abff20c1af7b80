package io.unmask.ingest.decode;

import static org.bytedeco.ffmpeg.global.avutil.AV_DICT_IGNORE_SUFFIX;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_get;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionaryEntry;
import org.bytedeco.ffmpeg.avutil.AVRational;

/**
 * Where a Matroska track says that it ends, and where its packets do. FFmpeg takes a truncated Matroska file for one
 * that ends there; the track's {@code DURATION} tag tells the difference.
 */
final class TrackEnd {
    private static final Pattern TIME = Pattern.compile("(\\d{2,6}):(\\d{2}):(\\d{2}(?:\\.\\d{1,9})?)");

    private double seenMicros;

    void packet(AVPacket packet, AVStream stream) {
        if (packet.pts() != AV_NOPTS_VALUE) {
            double end = (double) packet.pts() + packet.duration();
            seenMicros = Math.max(seenMicros, end * microsPerUnit(stream.time_base()));
        }
    }

    /** Frames between the last packet and the declared end; 0 when no end is declared. */
    long missingFrames(AVStream stream) {
        AVDictionaryEntry tag = av_dict_get(stream.metadata(), "DURATION", null, AV_DICT_IGNORE_SUFFIX);
        AVRational rate = stream.avg_frame_rate();
        if (tag == null || rate.num() <= 0 || rate.den() <= 0) {
            return 0;
        }
        double missingMicros = micros(tag.value().getString()) - seenMicros;
        return Math.max(0, Math.round(missingMicros / 1e6 * rate.num() / rate.den()));
    }

    /** Reads {@code HH:MM:SS.nnnnnnnnn}; 0 when it is something else. */
    static double micros(String time) {
        Matcher parts = TIME.matcher(time);
        return parts.matches()
                ? 1e6
                        * (3600.0 * Integer.parseInt(parts.group(1))
                                + 60.0 * Integer.parseInt(parts.group(2))
                                + Double.parseDouble(parts.group(3)))
                : 0;
    }

    private static double microsPerUnit(AVRational unit) {
        return 1e6 * unit.num() / unit.den();
    }
}

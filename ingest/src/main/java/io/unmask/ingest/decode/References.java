package io.unmask.ingest.decode;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_H264;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_NEW_EXTRADATA;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_get_side_data;

import java.nio.ByteBuffer;
import java.util.OptionalInt;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * Tells of an undecoded H.264 frame whether others refer to it, by the {@code nal_ref_idc} of its first slice (ITU-T H.264,
 * 7.4.1), and of its packet whether they need it: parameter sets before that slice may be theirs. Of other codecs' frames
 * nothing is known. Immutable.
 */
final class References {
    static final References UNKNOWN = new References(OptionalInt.empty());

    private static final int START_CODES = 0;
    /** Of NAL units (Table 7-1). */
    private static final Set<Integer> SLICES = Set.of(1, 2, 3, 4, 5);

    private static final Set<Integer> PARAMETER_SETS = Set.of(7, 8, 13, 15);

    /** Of the length before each NAL unit, or {@link #START_CODES}; empty where nothing is known. */
    private final OptionalInt lengthBytes;

    private References(OptionalInt lengthBytes) {
        this.lengthBytes = lengthBytes;
    }

    static References of(AVCodecParameters stream) {
        if (stream.codec_id() != AV_CODEC_ID_H264 || Omission.of(stream) != Omission.UNREFERENCED) {
            return UNKNOWN;
        }
        int size = stream.extradata_size();
        return ofH264(
                size == 0
                        ? ByteBuffer.allocate(0)
                        : stream.extradata().capacity(size).asByteBuffer());
    }

    /** @param extradata FFmpeg's: an {@code avcC} box (ISO/IEC 14496-15, 5.3.3.1), or anything where start codes are used */
    static References ofH264(ByteBuffer extradata) {
        boolean isBox = extradata.limit() > 4 && extradata.get(0) == 1;
        return new References(OptionalInt.of(isBox ? (extradata.get(4) & 3) + 1 : START_CODES));
    }

    /** Whether it is certain that no other frame needs the packet; one may come without bytes. */
    boolean areNone(AVPacket packet) {
        return lengthBytes.isPresent()
                && packet.size() > 0
                && av_packet_get_side_data(packet, AV_PKT_DATA_NEW_EXTRADATA, (SizeTPointer) null) == null
                && areNone(packet.data().capacity(packet.size()).asByteBuffer());
    }

    boolean areNone(ByteBuffer packet) {
        if (lengthBytes.isEmpty()) {
            return false;
        }
        int bytes = lengthBytes.getAsInt();
        return bytes == START_CODES ? areNoneByStartCodes(packet) : areNoneByLengths(packet, bytes);
    }

    private static boolean areNoneByStartCodes(ByteBuffer packet) {
        for (int at = 3; at < packet.limit(); at++) {
            boolean starts = packet.get(at - 3) == 0 && packet.get(at - 2) == 0 && packet.get(at - 1) == 1;
            if (starts && tells(packet.get(at))) {
                return isUnreferenced(packet.get(at));
            }
        }
        return false;
    }

    private static boolean areNoneByLengths(ByteBuffer packet, int bytes) {
        long at = bytes; // of a unit's first byte, behind its length
        while (at < packet.limit()) {
            long length = 0;
            for (int i = (int) at - bytes; i < at; i++) {
                length = (length << 8) | (packet.get(i) & 255L);
            }
            byte first = packet.get((int) at);
            if (tells(first)) {
                return isUnreferenced(first) && at + length <= packet.limit();
            }
            at += length + bytes;
        }
        return false;
    }

    private static boolean tells(byte first) {
        return SLICES.contains(first & 31) || PARAMETER_SETS.contains(first & 31);
    }

    private static boolean isUnreferenced(byte first) {
        return SLICES.contains(first & 31) && ((first >> 5) & 3) == 0;
    }
}

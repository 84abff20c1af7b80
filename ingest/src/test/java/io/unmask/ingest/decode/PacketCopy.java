package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_copy;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_WRITE;
import static org.bytedeco.ffmpeg.global.avformat.av_interleaved_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_write_trailer;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_output_context2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_write_header;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open;

import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.PointerPointer;

/** Copies a video's packets as they are, but for those that are to be lost or damaged, as bad networks and disks do. */
final class PacketCopy {
    private PacketCopy() {}

    /** What becomes of a packet. */
    interface Fate {
        /**
         * Returns whether the packet is written.
         *
         * @param index counts from 0, in order of decoding
         * @param packet may be changed
         */
        boolean keeps(int index, AVPacket packet);
    }

    /** Loses one packet, which must not be a key frame's. */
    static Fate losing(int lost) {
        return (index, packet) -> {
            assertThat(index == lost && (packet.flags() & AV_PKT_FLAG_KEY) != 0).isFalse();
            return index != lost;
        };
    }

    /** Overwrites most of one packet. */
    static Fate garbling(int garbled) {
        return (index, packet) -> {
            for (int i = 30; index == garbled && i < packet.size(); i++) {
                packet.data().put(i, (byte) (i * 37));
            }
            return true;
        };
    }

    /** Writes the copy in the format of its name and returns it. */
    static Path of(Path original, Path copy, Fate fate) {
        Ffmpeg.load();
        AVFormatContext in = new AVFormatContext(null);
        AVFormatContext out = new AVFormatContext(null);
        ok(avformat_open_input(in, original.toString(), null, (AVDictionary) null));
        ok(avformat_find_stream_info(in, (PointerPointer<?>) null));
        ok(avformat_alloc_output_context2(out, null, null, copy.toString()));
        AVStream from = in.streams(0);
        AVStream to = avformat_new_stream(out, new AVCodec(null));
        ok(avcodec_parameters_copy(to.codecpar(), from.codecpar()));
        to.codecpar().codec_tag(0);
        AVIOContext bytes = new AVIOContext(null);
        ok(avio_open(bytes, copy.toString(), AVIO_FLAG_WRITE));
        out.pb(bytes);
        ok(avformat_write_header(out, (AVDictionary) null));
        AVPacket packet = av_packet_alloc();
        for (int index = 0; av_read_frame(in, packet) >= 0; ) {
            if (packet.stream_index() == 0 && fate.keeps(index++, packet)) {
                av_packet_rescale_ts(packet, from.time_base(), to.time_base());
                ok(av_interleaved_write_frame(out, packet));
            }
            av_packet_unref(packet);
        }
        ok(av_write_trailer(out));
        av_packet_free(packet);
        avio_closep(bytes);
        avformat_free_context(out);
        avformat_close_input(in);
        return copy;
    }

    private static void ok(int code) {
        assertThat(code).as(Ffmpeg.errorText(code)).isNotNegative();
    }
}

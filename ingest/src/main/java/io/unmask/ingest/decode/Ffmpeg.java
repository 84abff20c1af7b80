package io.unmask.ingest.decode;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_get_side_data;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import io.unmask.ingest.natives.NativeLibraries;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avdevice;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.SizeTPointer;

/** Loads FFmpeg's native libraries, once in the process, and wraps a few of its functions. */
final class Ffmpeg {
    static {
        NativeLibraries.load(avutil.class, swscale.class, avcodec.class, avformat.class);
        FfmpegLog.start();
    }

    private Ffmpeg() {}

    /** Loads the native libraries unless they are loaded. To be called before any use of FFmpeg. */
    static void load() {
        // The static block does it before the first call.
    }

    /**
     * Loads the library that reads cameras and screens, unless it is loaded. It needs libraries of the desktop, which a server
     * may lack, so it is loaded for these sources alone.
     *
     * @throws SourceException which names the library that is missing and the package that brings it
     */
    static void loadDevices() throws SourceException {
        try {
            NativeLibraries.load(avdevice.class);
            avdevice.avdevice_register_all();
        } catch (LinkageError e) {
            throw SourceException.fatal("FFmpeg's part for cameras cannot be loaded: " + MissingLibrary.explain(e));
        }
    }

    /** A packet's side data of a kind; the limit of the pointer is their size. They belong to the packet. */
    static Optional<BytePointer> sideData(AVPacket packet, int kind) {
        try (SizeTPointer size = new SizeTPointer(1)) {
            return Optional.ofNullable(av_packet_get_side_data(packet, kind, size))
                    .filter(data -> !data.isNull())
                    .map(data -> data.limit(size.get()));
        }
    }

    /** FFmpeg's words for an error code. */
    static String errorText(int code) {
        byte[] text = new byte[256];
        av_strerror(code, text, text.length);
        return new String(text, StandardCharsets.UTF_8).split("\0", 2)[0];
    }
}

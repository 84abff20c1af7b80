package io.unmask.ingest.decode;

import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import io.unmask.ingest.natives.NativeLibraries;
import java.nio.charset.StandardCharsets;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avdevice;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;

/** The process's one FFmpeg, loaded once. */
final class Ffmpeg {
    static {
        NativeLibraries.load(avutil.class, swscale.class, avcodec.class, avformat.class);
        FfmpegLog.start();
    }

    private Ffmpeg() {}

    /** Loads the native libraries unless they are. Whoever uses FFmpeg calls it before. */
    static void load() {
        // The static block has run when this is called.
    }

    /**
     * Loads what reads cameras, once. It needs libraries of the desktop, which a server may lack, so that nothing else
     * loads it.
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

    /** FFmpeg's words for an error code. */
    static String errorText(int code) {
        byte[] text = new byte[256];
        av_strerror(code, text, text.length);
        return new String(text, StandardCharsets.UTF_8).split("\0", 2)[0];
    }
}

package io.unmask.ingest.decode;

import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_VERBOSE;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;
import static org.bytedeco.ffmpeg.global.avutil.setLogCallback;

import java.nio.charset.StandardCharsets;
import org.bytedeco.ffmpeg.avutil.LogCallback;
import org.bytedeco.ffmpeg.global.avdevice;
import org.bytedeco.javacpp.BytePointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process's one FFmpeg: loaded once, its log kept off the terminal. */
final class Ffmpeg {
    private static final Logger log = LoggerFactory.getLogger("ffmpeg");
    // Native code holds it: it must never be collected.
    private static final LogCallback TO_SLF4J = new ToSlf4j();

    static {
        if (log.isDebugEnabled()) {
            setLogCallback(TO_SLF4J);
            av_log_set_level(AV_LOG_VERBOSE);
        } else {
            av_log_set_level(AV_LOG_QUIET);
        }
    }

    private Ffmpeg() {}

    /** Loads the native libraries unless they are. */
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

    private static final class ToSlf4j extends LogCallback {
        @Override
        public void call(int level, BytePointer message) {
            log.debug("{}", message.getString().stripTrailing());
        }
    }
}

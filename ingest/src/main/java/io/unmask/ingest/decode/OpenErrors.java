package io.unmask.ingest.decode;

import static org.bytedeco.ffmpeg.global.avutil.AVERROR_HTTP_BAD_REQUEST;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_HTTP_FORBIDDEN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_HTTP_NOT_FOUND;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_HTTP_OTHER_4XX;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_HTTP_UNAUTHORIZED;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_INVALIDDATA;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_PROTOCOL_NOT_FOUND;

import java.util.Set;

/** What FFmpeg's refusals mean for the user. */
final class OpenErrors {
    private static final Set<Integer> FINAL = Set.of(
            AVERROR_HTTP_BAD_REQUEST(),
            AVERROR_HTTP_UNAUTHORIZED(),
            AVERROR_HTTP_FORBIDDEN(),
            AVERROR_HTTP_NOT_FOUND(),
            AVERROR_HTTP_OTHER_4XX(),
            AVERROR_INVALIDDATA(),
            AVERROR_PROTOCOL_NOT_FOUND());

    private OpenErrors() {}

    /** Whether a live source that answers so will answer the same when it is asked again. */
    static boolean isFinal(int code) {
        return FINAL.contains(code);
    }

    /** Advice to append to the reason why a live source cannot be opened or fell silent; empty where the reason says enough. */
    static String adviceOnSilence(SourceUri.Kind kind) {
        return switch (kind) {
            case WEBCAM, SCREEN, UDP -> "; " + advice(kind);
            case FILE, RTSP, RTMP, HTTP -> "";
        };
    }

    static String advice(SourceUri.Kind kind) {
        return switch (kind) {
            case FILE -> "check that it is a whole video file";
            case WEBCAM -> "check that no other program uses the camera";
            case SCREEN -> "check that the display is there and that this user may see it";
            case UDP -> "check that an MPEG transport stream is sent to that address and port";
            case RTSP, RTMP, HTTP -> "check the address, user and password";
        };
    }
}

package io.unmask.ingest.decode;

import io.unmask.config.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What FFmpeg may open for a source. Untrusted media is hostile: a playlist named {@code .mp4} would otherwise make
 * FFmpeg read other files and URLs.
 *
 * @param protocols comma-separated; what the source and whatever it refers to may be read by
 * @param demuxer the format when the source's kind says it, else empty and probed
 * @param network further options of the connection
 */
record InputOptions(String protocols, String formats, String demuxer, Map<String, String> network) {
    // Containers, raw streams, still pictures, and sound only so that it can be named as such. No playlists
    // (hls, dash, concat), no image2 (its names are patterns of other files), no text renderers (tty, ass).
    private static final String MEDIA = "mov,matroska,webm,avi,mpeg,mpegts,mpegvideo,flv,asf,ogg,mxf,gxf,nut,ivf,dv,rm,"
            + "h264,hevc,vvc,m4v,obu,vc1,mjpeg,gif,apng,yuv4mpegpipe,wtv,swf,"
            + "jpeg_pipe,png_pipe,webp_pipe,bmp_pipe,tiff_pipe,j2k_pipe,jpegxl_pipe,gif_pipe,ppm_pipe,pgm_pipe,"
            + "wav,mp3,aac,ac3,flac,aiff,caf";

    /** Whether that is a format of video, picture or sound, by the first of FFmpeg's names for it. */
    static boolean isMedia(String format) {
        return List.of(MEDIA.split(",")).contains(format);
    }

    static InputOptions of(SourceUri uri, Settings.Source settings) {
        String timeoutMicros = Long.toString(settings.stallTimeoutMs() * 1_000);
        return switch (uri.kind()) {
            case FILE -> new InputOptions("file", MEDIA, "", Map.of());
            case WEBCAM -> new InputOptions("file", "video4linux2", "video4linux2", Map.of());
            case SCREEN -> new InputOptions("file", "x11grab", "x11grab", screen(uri.location()));
            // What an HTTP source leads to is fetched by HttpIo, whatever FFmpeg would allow.
            case HTTP -> new InputOptions("none", MEDIA + ",hls,dash,mpjpeg", "", Map.of());
            case RTMP ->
                new InputOptions(
                        "rtmp,rtmps,rtmpt,rtmpe,rtmpte,rtmpts,ffrtmphttp,ffrtmpcrypt,http,https,tcp,tls",
                        "flv,live_flv",
                        "",
                        Map.of("rw_timeout", timeoutMicros));
            case UDP ->
                new InputOptions(
                        "udp",
                        "mpegts",
                        "",
                        // A reader that is too slow loses packets. Their numbers show the loss, so the source need not
                        // end.
                        Map.of("timeout", timeoutMicros, "overrun_nonfatal", "1"));
            case RTSP ->
                new InputOptions(
                        "rtsp,rtsps,rtp,srtp,tcp,udp,tls,crypto",
                        "rtsp,rtp,sdp,mpegts,asf",
                        "rtsp",
                        Map.of("rtsp_transport", settings.rtspOverUdp() ? "udp" : "tcp", "timeout", timeoutMicros));
        };
    }

    private static Map<String, String> screen(String location) {
        Map<String, String> options = new LinkedHashMap<>(Map.of("framerate", "15", "draw_mouse", "0"));
        int window = location.indexOf('#');
        if (window >= 0) {
            options.put("window_id", location.substring(window + 1));
        }
        return options;
    }

    /** Whether FFmpeg's demuxer opens the source by itself instead of reading bytes that were opened for it. */
    boolean opensItself() {
        return !demuxer.isEmpty();
    }

    Map<String, String> forBytes() {
        Map<String, String> options = new LinkedHashMap<>(network);
        options.put("protocol_whitelist", protocols);
        return options;
    }

    Map<String, String> forDemuxer() {
        Map<String, String> options = new LinkedHashMap<>(opensItself() ? network : Map.of());
        options.put("protocol_whitelist", protocols);
        options.put("format_whitelist", formats);
        options.put("probesize", "5000000");
        options.put("analyzeduration", "5000000");
        // Of playlists: each request is to be one of its own, since it does not go through FFmpeg's own HTTP.
        options.put("http_persistent", "0");
        options.put("http_multiple", "0");
        return options;
    }
}

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
 * @param formats comma-separated; what may read it
 * @param demuxer the format that opens the source by itself; empty where bytes are opened for it and the format is probed
 * @param options of what opens the source: the connection or, where there is one, the demuxer
 */
record InputOptions(String protocols, String formats, String demuxer, Map<String, String> options) {
    // Containers, raw streams, still pictures, and sound only so that it can be named as such. No playlists
    // (hls, dash, concat), no image2 (its names are patterns of other files), no text renderers (tty, ass).
    private static final String MEDIA = "mov,matroska,webm,avi,mpeg,mpegts,mpegvideo,flv,asf,ogg,mxf,gxf,nut,ivf,dv,rm,"
            + "h264,hevc,vvc,m4v,obu,vc1,mjpeg,gif,apng,yuv4mpegpipe,wtv,swf,"
            + "jpeg_pipe,png_pipe,webp_pipe,bmp_pipe,tiff_pipe,j2k_pipe,jpegxl_pipe,gif_pipe,ppm_pipe,pgm_pipe,"
            + "wav,mp3,aac,ac3,flac,aiff,caf";

    /** Whether this is the name of a format of video, picture or sound, by the first of FFmpeg's names for it. */
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
                        // A reader that is too slow loses packets. The packets' sequence numbers
                        // show the loss, so the source need not end.
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

    /** What the bytes are opened with. */
    Map<String, String> forBytes() {
        Map<String, String> all = new LinkedHashMap<>(options);
        all.put("protocol_whitelist", protocols);
        return all;
    }

    /** What the format is opened with. */
    Map<String, String> forDemuxer() {
        Map<String, String> all = new LinkedHashMap<>(opensItself() ? options : Map.of());
        all.put("protocol_whitelist", protocols);
        all.put("format_whitelist", formats);
        all.put("probesize", "5000000");
        all.put("analyzeduration", "5000000");
        // HttpIo fetches each segment of a playlist itself, so FFmpeg is to keep and share no connection of its own.
        all.put("http_persistent", "0");
        all.put("http_multiple", "0");
        return all;
    }
}

package io.unmask.ingest.decode;

import static org.bytedeco.ffmpeg.global.avformat.AVPROBE_PADDING_SIZE;
import static org.bytedeco.ffmpeg.global.avformat.AVPROBE_SCORE_RETRY;
import static org.bytedeco.ffmpeg.global.avformat.av_probe_input_format3;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVProbeData;
import org.bytedeco.javacpp.BytePointer;

/** What a file's first bytes show it to be; its name may say anything. */
enum MediaKind {
    VIDEO("a video"),
    STILL("a still picture: a face is judged in motion, over several frames of a video"),
    ANIMATED_WEBP("an animated WebP, which FFmpeg 8.0 does not decode; convert it to MP4 or GIF"),
    SOUND("only sound, no picture"),
    PLAYLIST("a playlist, which names other files; name those, or the playlist's address on the network"),
    TEXT("a text, not a video"),
    OTHER("no video in it that FFmpeg knows");

    private static final int HEAD_BYTES = 64 << 10;
    private static final Set<String> SOUNDS = Set.of("wav", "mp3", "aac", "ac3", "eac3", "flac", "aiff", "caf");
    private static final Pattern PLAYLISTS = Pattern.compile("(?s)\\s*(#EXTM3U|ffconcat |v=0\\R|.{0,200}<MPD).*");
    private static final Set<String> STILL_BRANDS = Set.of("avif", "heic", "heix", "mif1");
    /** The bit of a WebP's extended header that says that it moves. */
    private static final int WEBP_MOVES = 2;

    private final String words;

    MediaKind(String words) {
        this.words = words;
    }

    /** For people, behind a colon. */
    String words() {
        return words;
    }

    /** Reads the file's first bytes. */
    static MediaKind of(Path file) throws IOException {
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            head = in.readNBytes(HEAD_BYTES);
        }
        if (STILL_BRANDS.contains(text(head, 8, 12)) && text(head, 4, 8).equals("ftyp")) {
            return STILL;
        } else if (text(head, 0, 4).equals("RIFF") && text(head, 8, 16).equals("WEBPVP8X") && head.length > 20) {
            return (head[20] & WEBP_MOVES) != 0 ? ANIMATED_WEBP : STILL;
        }
        String format = probe(head);
        if (format.endsWith("_pipe") && !format.equals("yuv4mpegpipe")) {
            return STILL;
        } else if (SOUNDS.contains(format)) {
            return SOUND;
        } else if (InputOptions.isMedia(format)) {
            return VIDEO;
        } else if (!isText(head)) {
            return OTHER;
        }
        return PLAYLISTS.matcher(new String(head, StandardCharsets.UTF_8)).matches() ? PLAYLIST : TEXT;
    }

    private static String text(byte[] head, int from, int to) {
        return head.length < to ? "" : new String(head, from, to - from, StandardCharsets.ISO_8859_1);
    }

    /** The first of FFmpeg's names for the format; empty when it knows none. */
    private static String probe(byte[] head) {
        Ffmpeg.load();
        int[] score = new int[1];
        try (BytePointer bytes = new BytePointer(Arrays.copyOf(head, head.length + AVPROBE_PADDING_SIZE));
                AVProbeData data = new AVProbeData()) {
            data.buf(bytes).buf_size(head.length);
            AVInputFormat format = av_probe_input_format3(data, 1, score);
            boolean isSure = format != null && !format.isNull() && score[0] > AVPROBE_SCORE_RETRY;
            return isSure ? format.name().getString().replaceFirst(",.*", "") : "";
        }
    }

    private static boolean isText(byte[] head) {
        for (byte b : head) {
            boolean isControl = b >= 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t' && b != '\f' && b != 27;
            if (isControl || b == 127) {
                return false;
            }
        }
        return head.length > 0;
    }
}

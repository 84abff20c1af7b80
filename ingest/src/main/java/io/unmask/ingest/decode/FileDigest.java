package io.unmask.ingest.decode;

import static org.bytedeco.ffmpeg.global.avutil.av_free;
import static org.bytedeco.ffmpeg.global.avutil.av_sha_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_sha_final;
import static org.bytedeco.ffmpeg.global.avutil.av_sha_init;
import static org.bytedeco.ffmpeg.global.avutil.av_sha_update;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HexFormat;
import org.bytedeco.ffmpeg.avutil.AVSHA;
import org.bytedeco.javacpp.BytePointer;

/**
 * SHA-256 of a file (FIPS 180-4), by FFmpeg's libavutil: Java's own takes more than twice as long where C2 does not compile it,
 * as in {@code unmask detect}. Thread-safe.
 */
public final class FileDigest {
    private static final int SHA_256 = 256;
    private static final int BUFFER_BYTES = 256 << 10;

    private FileDigest() {}

    /** Reads the file to its end; the digest is 64 lower-case hexadecimal digits. */
    public static String sha256(Path file) throws IOException {
        Ffmpeg.load();
        AVSHA sha = av_sha_alloc();
        try (FileChannel in = FileChannel.open(file);
                BytePointer buffer = new BytePointer(BUFFER_BYTES)) {
            av_sha_init(sha, SHA_256);
            ByteBuffer bytes = buffer.asByteBuffer();
            for (int read = in.read(bytes); read >= 0; read = in.read(bytes.clear())) {
                av_sha_update(sha, buffer, read);
            }
            byte[] digest = new byte[SHA_256 / Byte.SIZE];
            av_sha_final(sha, digest);
            return HexFormat.of().formatHex(digest);
        } finally {
            av_free(sha);
        }
    }
}

package io.unmask.ingest.decode;

import static org.bytedeco.ffmpeg.global.avformat.AVSEEK_FORCE;
import static org.bytedeco.ffmpeg.global.avformat.AVSEEK_SIZE;
import static org.bytedeco.ffmpeg.global.avformat.avio_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avio_context_free;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EXIT;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_get;
import static org.bytedeco.ffmpeg.global.avutil.av_free;
import static org.bytedeco.ffmpeg.global.avutil.av_malloc;
import static org.bytedeco.ffmpeg.presets.avutil.AVERROR_EIO;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.Read_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.avformat.Seek_Pointer_long_int;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVDictionaryEntry;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Gives FFmpeg what it reads of an HTTP source: the source itself, and whatever a playlist leads to. Used by the decoding
 * thread; {@link #abort} by any.
 */
final class HttpIo {
    private static final int BUFFER_BYTES = 32 << 10;

    /** Before the address of an encrypted segment of a playlist, as FFmpeg writes it: "crypto+http://". */
    private static final String ENCRYPTED = "crypto";

    // JavaCPP has few native slots for callbacks of a type: one each serves all sources, which are told apart by
    // address.
    private static final Map<Long, HttpIo> SOURCES = new ConcurrentHashMap<>();
    private static final Map<Long, Open> INPUTS = new ConcurrentHashMap<>();
    private static final Opener OPENER = new Opener();
    private static final Closer CLOSER = new Closer();
    private static final Reader READER = new Reader();
    private static final Seeker SEEKER = new Seeker();

    private final HostPolicy hosts;
    private final Duration timeout;
    private final Set<Open> inputs = ConcurrentHashMap.newKeySet();
    private final Set<String> refusals = new LinkedHashSet<>();
    private long format;
    private Optional<IOException> failure = Optional.empty();
    private boolean missed;
    private volatile boolean aborted;
    private boolean soughtInVain;

    HttpIo(HostPolicy hosts, Duration timeout) {
        this.hosts = hosts;
        this.timeout = timeout;
    }

    /** What one AVIOContext reads. */
    private record Open(HttpIo owner, HttpInput bytes, Pointer id, byte[] buffer) {}

    /** Makes FFmpeg open every address that the format leads to through this object. */
    void serve(AVFormatContext newFormat) {
        format = newFormat.address();
        SOURCES.put(format, this);
        newFormat.io_open(OPENER).io_close2(CLOSER);
    }

    /**
     * An open input.
     *
     * @param address where it was found, after all redirects
     */
    record Opened(AVIOContext context, String address) {}

    /** Opens an address for FFmpeg, which {@link #free} releases. */
    Opened open(String url, AVDictionary options) throws IOException {
        Optional<Cipher> cipher = url.startsWith(ENCRYPTED)
                ? Optional.of(cipher(option(options, "key"), option(options, "iv")))
                : Optional.empty();
        String address = url.substring(cipher.isPresent() ? ENCRYPTED.length() + 1 : 0);
        HttpInput bytes = new HttpInput(address, cipher, hosts, timeout);
        Pointer id = av_malloc(1);
        Open opened = new Open(this, bytes, id, new byte[BUFFER_BYTES]);
        inputs.add(opened);
        INPUTS.put(id.address(), opened);
        try {
            if (aborted) {
                throw new IOException("stopped");
            }
            bytes.open(
                    number(options, "offset").orElse(0),
                    number(options, "end_offset").orElse(-1));
        } catch (IOException | RuntimeException e) {
            release(opened);
            throw e;
        }
        AVIOContext context =
                avio_alloc_context(new BytePointer(av_malloc(BUFFER_BYTES)), BUFFER_BYTES, 0, id, READER, null, SEEKER);
        context.seekable(bytes.isSeekable() ? 1 : 0);
        failure = Optional.empty();
        return new Opened(context, bytes.address().text());
    }

    /** AES-128 in CBC mode (RFC 8216, 4.3.2.4), key and start as FFmpeg's hexadecimal digits. */
    private static Cipher cipher(Optional<String> key, Optional<String> start) throws IOException {
        try {
            Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
            HexFormat hex = HexFormat.of();
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    new SecretKeySpec(hex.parseHex(key.orElse("")), "AES"),
                    new IvParameterSpec(hex.parseHex(start.orElse(""))));
            return cipher;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new LastingHttpException("its playlist's key cannot be used: " + e.getMessage(), e);
        }
    }

    private static Optional<String> option(AVDictionary options, String name) {
        AVDictionaryEntry entry = options.isNull() ? null : av_dict_get(options, name, null, 0);
        return entry == null ? Optional.empty() : Optional.of(entry.value().getString());
    }

    private static OptionalLong number(AVDictionary options, String name) {
        return option(options, name).stream().mapToLong(Long::parseLong).findFirst();
    }

    /** Releases what {@link #open} opened. */
    static void free(AVIOContext context) {
        if (context.isNull()) {
            return;
        }
        Open opened = INPUTS.get(context.opaque().address());
        if (opened != null) {
            opened.owner.release(opened);
        }
        av_free(context.buffer());
        avio_context_free(context);
    }

    private void release(Open opened) {
        INPUTS.remove(opened.id.address());
        inputs.remove(opened);
        av_free(opened.id);
        opened.bytes.close();
    }

    /** Why the last address could not be opened or read. */
    Optional<IOException> failure() {
        return failure;
    }

    /** Whether any address could not be opened or read. */
    boolean hasMissed() {
        return missed;
    }

    /** Why addresses to which a playlist or a redirect led were not fetched, a line for each reason. */
    Set<String> refusals() {
        return refusals;
    }

    /** Whether the format had to read elsewhere in the file, and the server does not serve parts of it. */
    boolean hasSoughtInVain() {
        return soughtInVain;
    }

    /** Ends all waits for servers, now and later. */
    void abort() {
        aborted = true;
        inputs.forEach(opened -> opened.bytes.abort());
    }

    void close() {
        SOURCES.remove(format, this);
    }

    private int failed(IOException e) {
        failure = Optional.of(e);
        missed = true;
        if (e instanceof HostPolicy.RefusedException) {
            refusals.add(e.getMessage());
        }
        return aborted ? AVERROR_EXIT() : AVERROR_EIO();
    }

    private static final class Opener
            extends AVFormatContext.Io_open_AVFormatContext_PointerPointer_BytePointer_int_PointerPointer {
        @SuppressWarnings("rawtypes") // as JavaCPP declares it
        @Override
        public int call(
                AVFormatContext format, PointerPointer context, BytePointer url, int flags, PointerPointer options) {
            HttpIo source = SOURCES.get(format.address());
            try {
                AVDictionary dictionary = new AVDictionary(options == null || options.isNull() ? null : options.get(0));
                context.put(0, source.open(url.getString(), dictionary).context());
                return 0;
            } catch (IOException e) {
                return source.failed(e);
            } catch (RuntimeException e) { // it must not cross native code
                return source.failed(new LastingHttpException("cannot be opened: " + e, e));
            }
        }
    }

    private static final class Closer extends AVFormatContext.Io_close2_AVFormatContext_AVIOContext {
        @Override
        public int call(AVFormatContext format, AVIOContext context) {
            free(context);
            return 0;
        }
    }

    private static final class Reader extends Read_packet_Pointer_BytePointer_int {
        @Override
        public int call(Pointer id, BytePointer into, int length) {
            Open opened = INPUTS.get(id.address());
            try {
                int count = opened.bytes.read(opened.buffer, Math.min(length, opened.buffer.length));
                if (count < 0) {
                    return AVERROR_EOF();
                }
                into.put(opened.buffer, 0, count);
                return count;
            } catch (IOException e) {
                return opened.owner.failed(e);
            } catch (RuntimeException e) { // it must not cross native code
                return opened.owner.failed(new LastingHttpException("cannot be read: " + e, e));
            }
        }
    }

    private static final class Seeker extends Seek_Pointer_long_int {
        @Override
        public long call(Pointer id, long offset, int whence) {
            Open opened = INPUTS.get(id.address());
            long size = opened.bytes.size();
            if ((whence & AVSEEK_SIZE) != 0) {
                return size;
            }
            if (!opened.bytes.isSeekable()) {
                opened.owner.soughtInVain = true;
                return -1;
            }
            long target = (whence & ~AVSEEK_FORCE) == 2 ? size + offset : offset;
            opened.bytes.seek(target);
            return target;
        }
    }
}

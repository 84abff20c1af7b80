package io.unmask.ingest.decode;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_class;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_ERROR;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_INFO;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_VERBOSE;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.setLogCallback;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avutil.LogCallback;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * FFmpeg's one log, kept off the terminal and read for what FFmpeg says nowhere else: that a packet shows errors, that
 * packets were lost, that a server sends the client elsewhere. A decoder's line is traced to its packet by the number
 * that {@link Decoder#tag} puts into the decoder's context: FFmpeg copies it to the thread that works on the packet.
 * Thread-safe.
 */
final class FfmpegLog {
    private static final Logger LOG = LoggerFactory.getLogger("ffmpeg");
    private static final Pattern CONTEXT =
            Pattern.compile("\\[([^\\[\\]@]+) @ 0x([0-9a-f]{1,15})\\] .*", Pattern.DOTALL);
    /** Words of lines that tell of errors in metadata, which do not harm the pictures. */
    private static final Pattern HARMLESS = Pattern.compile("\\b(SEI|VUI|VPS|APP)\\b");

    private static final int NUMBER_BITS = 40;
    private static final long NUMBER_MASK = (1L << NUMBER_BITS) - 1;
    /** Contexts are allocated by malloc, which returns multiples of this address. */
    private static final int ALIGNMENT = 16;

    private static final Map<Integer, Decoder> DECODERS = new ConcurrentHashMap<>();
    private static final AtomicInteger LAST_ID = new AtomicInteger();
    private static final ThreadLocal<Consumer<String>> DEMUXING = new ThreadLocal<>();
    // Native code holds it: it must never be collected.
    private static final LogCallback CALLBACK = new Callback();

    private FfmpegLog() {}

    static void start() {
        setLogCallback(CALLBACK);
        av_log_set_level(LOG.isDebugEnabled() ? AV_LOG_VERBOSE : AV_LOG_INFO);
    }

    /** From now on, the listener gets the lines that FFmpeg writes in this thread, except those of a decoder. */
    static void listen(Consumer<String> listener) {
        DEMUXING.set(listener);
    }

    static void listenNoMore() {
        DEMUXING.remove();
    }

    /** A decoder whose errors are told with the number of the packet that they are in. */
    static final class Decoder implements AutoCloseable {
        private final int id = LAST_ID.incrementAndGet() & 0x3fffff;
        private final String name;
        private final LongConsumer damaged;

        /**
         * @param name of the decoder, as it stands in FFmpeg's lines
         * @param damaged takes the number of a packet in which the decoder met an error; called by any thread
         */
        Decoder(String name, LongConsumer damaged) {
            this.name = name;
            this.damaged = damaged;
            DECODERS.put(id, this);
        }

        /** What the decoder's context is to carry while it is given the packet of that number. */
        Pointer tag(long number) {
            return new Address((long) id << NUMBER_BITS | number);
        }

        /** The number in a tag; 0 when there is none. */
        static long number(Pointer tag) {
            return tag == null ? 0 : tag.address() & NUMBER_MASK;
        }

        @Override
        public void close() {
            DECODERS.remove(id);
        }
    }

    private static final class Address extends Pointer {
        Address(long address) {
            this.address = address;
        }
    }

    private static void line(int level, String line) {
        LOG.debug("{}", line.stripTrailing());
        Matcher context = CONTEXT.matcher(line);
        // FFmpeg leaves the context out when another thread has begun a line and not ended it.
        Optional<AVCodecContext> decoder =
                context.matches() ? decoder(context.group(1), Long.parseLong(context.group(2), 16)) : Optional.empty();
        if (decoder.isEmpty()) {
            Consumer<String> listener = DEMUXING.get();
            if (listener != null) {
                listener.accept(line);
            }
        } else if (level <= AV_LOG_ERROR && !HARMLESS.matcher(line).find()) {
            Pointer tag = decoder.get().opaque();
            Decoder owner = tag == null ? null : DECODERS.get((int) (tag.address() >>> NUMBER_BITS));
            if (owner != null) {
                owner.damaged.accept(Decoder.number(tag));
            }
        }
    }

    /** The context at the address in a line, which FFmpeg prints while it is in use; empty when it is no decoder's. */
    private static Optional<AVCodecContext> decoder(String name, long address) {
        boolean isOurs = DECODERS.values().stream().anyMatch(decoder -> decoder.name.equals(name));
        if (!isOurs || address % ALIGNMENT != 0) {
            return Optional.empty();
        }
        AVCodecContext context = new AVCodecContext(new Address(address));
        return Optional.of(context)
                .filter(same -> !same.av_class().isNull()
                        && same.av_class().address() == avcodec_get_class().address());
    }

    private static final class Callback extends LogCallback {
        @Override
        public void call(int level, BytePointer message) {
            line(level, message.getString());
        }
    }
}

package io.unmask.ingest.decode;

import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;

import io.unmask.ingest.clip.Captured;
import io.unmask.ingest.clip.Coverage.Omitted;
import io.unmask.ingest.clip.Picture;
import io.unmask.ingest.clip.RgbFrame;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * Reads what a decoder's process writes: messages of a byte that says what follows. The process may be in a hostile
 * video's hands: what it says is checked. One thread at a time.
 */
final class PictureReader {
    static final int ALIVE = 'A';
    static final int OPENED = 'O';
    static final int PICTURE = 'P';
    static final int DAMAGED = 'D';
    static final int END = 'E';
    static final int FAILED = 'F';

    /** In place of FFmpeg's pixel format: three bytes a pixel. */
    static final int RGB = -1;

    /** In place of who says when a picture was taken. */
    static final String UNKNOWN = "";

    private static final int BUFFER_BYTES = 1 << 16;
    private static final int MOST_OMITTED = 10_000;

    private final DataInputStream in;
    private final long maxPixels;
    private final Runnable alive;
    private final AVFrame frame = av_frame_alloc();
    private final PlanarPicture planar = new PlanarPicture();
    private byte[] bytes = new byte[0];

    /**
     * @param maxPixels of a picture
     * @param alive called for each message
     */
    PictureReader(InputStream in, long maxPixels, Runnable alive) {
        this.in = new DataInputStream(new BufferedInputStream(in, BUFFER_BYTES));
        this.maxPixels = maxPixels;
        this.alive = alive;
    }

    /** @param picture empty at the end */
    record Step(Optional<SampledPicture> picture, Counts counts) {}

    /** The source could not be opened or read on. */
    static final class FailedException extends Exception {
        private final transient Counts counts;
        private final transient SourceException failure;

        FailedException(SourceException failure, Counts counts) {
            super(failure);
            this.failure = failure;
            this.counts = counts;
        }

        Counts counts() {
            return counts;
        }

        SourceException failure() {
            return failure;
        }
    }

    /** Waits until the source is open, and returns its length. */
    OptionalLong opened() throws IOException, FailedException {
        int kind = kind();
        if (kind == FAILED) {
            throw failed();
        }
        require(kind == OPENED, "message " + kind);
        long durationMicros = in.readLong();
        return durationMicros < 0 ? OptionalLong.empty() : OptionalLong.of(durationMicros);
    }

    /** Waits for the next picture. It is overwritten by the one after. */
    Step next() throws IOException, FailedException {
        int kind = kind();
        return switch (kind) {
            case PICTURE, DAMAGED -> picture(kind == PICTURE);
            case END -> new Step(Optional.empty(), counts());
            case FAILED -> throw failed();
            default -> throw new IOException("message " + kind);
        };
    }

    private Step picture(boolean isShown) throws IOException {
        long timeMicros = in.readLong();
        Optional<Captured> captured = captured();
        Counts counts = counts();
        Optional<Picture> shown = isShown ? Optional.of(picture()) : Optional.empty();
        return new Step(Optional.of(new SampledPicture(timeMicros, shown, captured)), counts);
    }

    private int kind() throws IOException {
        int kind = in.readUnsignedByte();
        alive.run();
        while (kind == ALIVE) {
            kind = in.readUnsignedByte();
            alive.run();
        }
        return kind;
    }

    private FailedException failed() throws IOException {
        Counts counts = counts();
        boolean retriable = in.readBoolean();
        String why = in.readUTF();
        return new FailedException(retriable ? SourceException.retriable(why) : SourceException.fatal(why), counts);
    }

    private Optional<Captured> captured() throws IOException {
        String by = in.readUTF();
        long epochMicros = in.readLong();
        if (by.equals(UNKNOWN)) {
            return Optional.empty();
        }
        for (Captured.By known : Captured.By.values()) {
            if (known.name().equals(by)) {
                return Optional.of(new Captured(epochMicros, known));
            }
        }
        throw new IOException("time by " + by);
    }

    private Counts counts() throws IOException {
        long decoded = in.readLong();
        long sampled = in.readLong();
        long damaged = in.readLong();
        long tainted = in.readLong();
        long colourMapped = in.readLong();
        long passedOver = in.readLong();
        int parts = in.readInt();
        require(parts >= 0 && parts <= MOST_OMITTED, parts + " parts");
        List<Omitted> omitted = new ArrayList<>();
        for (int i = 0; i < parts; i++) {
            omitted.add(new Omitted(in.readUTF(), in.readUTF()));
        }
        return new Counts(decoded, sampled, damaged, tainted, colourMapped, passedOver, omitted);
    }

    private Picture picture() throws IOException {
        int width = in.readInt();
        int height = in.readInt();
        int format = in.readInt();
        require(width > 0 && height > 0 && (long) width * height <= maxPixels, "a picture of " + width + "x" + height);
        return format == RGB ? rgb(width, height) : planar(width, height, format);
    }

    private Picture rgb(int width, int height) throws IOException {
        bytes = bytes.length == width * height * 3 ? bytes : new byte[width * height * 3];
        in.readFully(bytes);
        return new RgbFrame(width, height, bytes);
    }

    private Picture planar(int width, int height, int format) throws IOException {
        require(PlanarPicture.canTake(format, width, height), "pixel format " + format);
        if (frame.width() != width || frame.height() != height || frame.format() != format) {
            av_frame_unref(frame);
            frame.format(format).width(width).height(height);
            int code = av_frame_get_buffer(frame, 0);
            require(code >= 0, "no memory for " + width + "x" + height + ": " + Ffmpeg.errorText(code));
        }
        frame.colorspace(in.readInt());
        frame.color_range(in.readInt());
        for (int i = 0; i < PlanarPicture.PLANES; i++) {
            int planeWidth = PlanarPicture.planeWidth(frame, i);
            int planeHeight = PlanarPicture.planeHeight(frame, i);
            bytes = PictureWriter.sized(bytes, planeWidth * planeHeight);
            in.readFully(bytes, 0, planeWidth * planeHeight);
            for (int y = 0; y < planeHeight; y++) {
                frame.data(i).position((long) y * frame.linesize(i)).put(bytes, y * planeWidth, planeWidth);
            }
        }
        planar.take(frame);
        return planar;
    }

    private static void require(boolean condition, String otherwise) throws IOException {
        if (!condition) {
            throw new IOException(otherwise);
        }
    }

    /** Releases the last picture. */
    void close() {
        planar.close();
        av_frame_free(frame);
    }
}

package io.unmask.model.data;

import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.FaceLandmarks;
import io.unmask.ingest.clip.FaceLandmarks.Point;
import io.unmask.ingest.clip.FaceQuality;
import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.RgbFrame;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The samples of one face track in a file, with raw crops: a header, then samples of equal length, so that any of them can be
 * read alone. Thread-safe.
 *
 * @param count of samples
 * @param size side of the crops in pixels
 * @param scale side of the crops over the side of the face box
 * @param facePx size of the first sample's face in the source
 */
record CropFile(Path file, int count, int size, double scale, double facePx) {
    /** The first bytes of a file, {@code UFCA}. Raise it whenever ingest begins to cut other faces by the same settings. */
    static final int MAGIC = 0x55464341;

    private static final Point NOWHERE = new Point(Double.NaN, Double.NaN);
    /** Stands in a file where a face has no landmarks. */
    private static final FaceLandmarks NO_LANDMARKS = new FaceLandmarks(NOWHERE, NOWHERE, NOWHERE, NOWHERE);

    private static final int COUNT_OFFSET = Integer.BYTES;
    private static final int HEADER_BYTES = 3 * Integer.BYTES + Double.BYTES;
    /** Sequence, time, box, landmarks and quality stand before each crop. */
    private static final int FACTS_BYTES = 18 * Long.BYTES;

    /** Sequence, time, box and landmarks stand before the face's size. */
    private static final int SIZE_OFFSET = 14 * Long.BYTES;

    /** Empty when there is no such file, or when it is not whole. */
    static Optional<CropFile> open(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            if (Files.size(file) < HEADER_BYTES || in.readInt() != MAGIC) {
                return Optional.empty();
            }
            int count = in.readInt();
            int size = in.readInt();
            if (count < 1 || Files.size(file) != HEADER_BYTES + (long) count * sampleBytes(size)) {
                return Optional.empty();
            }
            double scale = in.readDouble();
            in.skipNBytes(SIZE_OFFSET);
            return Optional.of(new CropFile(file, count, size, scale, in.readDouble()));
        }
    }

    /**
     * A file that is still being written. A track's samples are added as they come, so that memory does not have to hold them.
     * Used by one thread.
     */
    static final class Part {
        private final Path part;
        private final int size;
        private final double scale;
        private int count;
        private double facePx;

        /** @param part the file to write. Its header counts 0 samples until {@link #finish}, so that it never reads as whole */
        Part(Path part, int size, double scale) {
            this.part = part;
            this.size = size;
            this.scale = scale;
        }

        int count() {
            return count;
        }

        void add(List<FaceSample> samples) throws IOException {
            try (var out = new DataOutputStream(new BufferedOutputStream(
                    Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.APPEND)))) {
                if (count == 0) {
                    facePx = samples.get(0).quality().sizePx();
                    out.writeInt(MAGIC);
                    out.writeInt(0);
                    out.writeInt(size);
                    out.writeDouble(scale);
                }
                for (var sample : samples) {
                    write(out, sample);
                }
            } catch (IOException e) {
                throw unwritten(part, e);
            }
            count += samples.size();
        }

        /** Completes the file and moves it to its place, so that a reader there sees all of it or nothing. */
        CropFile finish(Path file) throws IOException {
            try {
                try (var channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                    channel.write(
                            ByteBuffer.allocate(Integer.BYTES).putInt(count).flip(), COUNT_OFFSET);
                }
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                throw unwritten(file, e);
            }
            return new CropFile(file, count, size, scale, facePx);
        }

        private static IOException unwritten(Path file, IOException e) {
            return new IOException(
                    file + ": " + e.getMessage() + "; give a disk with room for the faces of the data set", e);
        }
    }

    private static void write(DataOutputStream out, FaceSample sample) throws IOException {
        out.writeLong(sample.sequence());
        out.writeLong(sample.timeMicros());
        write(out, sample.box());
        write(out, sample.landmarks().orElse(NO_LANDMARKS));
        write(out, sample.quality());
        out.write(sample.crop().rgb());
    }

    /** Consecutive crops, in order. */
    List<RgbFrame> crops(int first, int number) throws IOException {
        var crops = new ArrayList<RgbFrame>(number);
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            for (int i = first; i < first + number; i++) {
                var rgb = ByteBuffer.allocate(sampleBytes(size) - FACTS_BYTES);
                fill(rgb, channel, position(i) + FACTS_BYTES);
                crops.add(new RgbFrame(size, size, rgb.array()));
            }
        }
        return crops;
    }

    /** A sample just as it was written. */
    FaceSample sample(int index) throws IOException {
        var bytes = ByteBuffer.allocate(sampleBytes(size));
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            fill(bytes, channel, position(index));
        }
        bytes.flip();
        return new FaceSample(
                bytes.getLong(),
                bytes.getLong(),
                new FaceBox(bytes.getDouble(), bytes.getDouble(), bytes.getDouble(), bytes.getDouble()),
                landmarks(bytes),
                new FaceQuality(bytes.getDouble(), bytes.getDouble(), bytes.getDouble(), bytes.getDouble()),
                new RgbFrame(size, size, Arrays.copyOfRange(bytes.array(), FACTS_BYTES, bytes.capacity())));
    }

    private static Optional<FaceLandmarks> landmarks(ByteBuffer bytes) {
        var points = new FaceLandmarks(point(bytes), point(bytes), point(bytes), point(bytes));
        return Double.isNaN(points.mouth().x()) ? Optional.empty() : Optional.of(points);
    }

    private static Point point(ByteBuffer bytes) {
        return new Point(bytes.getDouble(), bytes.getDouble());
    }

    private long position(int index) {
        return HEADER_BYTES + (long) index * sampleBytes(size);
    }

    private static int sampleBytes(int size) {
        return FACTS_BYTES + size * size * 3;
    }

    private void fill(ByteBuffer bytes, FileChannel channel, long position) throws IOException {
        while (bytes.hasRemaining()) {
            int got = channel.read(bytes, position + bytes.position());
            if (got < 0) {
                throw new IOException(file + ": cut short while in use; run again to cut it anew");
            }
        }
    }

    private static void write(DataOutputStream out, FaceBox box) throws IOException {
        out.writeDouble(box.x());
        out.writeDouble(box.y());
        out.writeDouble(box.width());
        out.writeDouble(box.height());
    }

    private static void write(DataOutputStream out, FaceLandmarks points) throws IOException {
        for (var point : List.of(points.leftEye(), points.rightEye(), points.nose(), points.mouth())) {
            out.writeDouble(point.x());
            out.writeDouble(point.y());
        }
    }

    private static void write(DataOutputStream out, FaceQuality quality) throws IOException {
        out.writeDouble(quality.sizePx());
        out.writeDouble(quality.sharpness());
        out.writeDouble(quality.brightness());
        out.writeDouble(quality.frontality());
    }
}

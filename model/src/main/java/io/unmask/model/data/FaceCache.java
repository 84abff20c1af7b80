package io.unmask.model.data;

import io.unmask.config.Settings;
import io.unmask.config.Sha256;
import io.unmask.ingest.FaceExtraction;
import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.FaceLandmarks;
import io.unmask.ingest.clip.FaceLandmarks.Point;
import io.unmask.ingest.clip.FaceQuality;
import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.ingest.decode.SourceException;
import io.unmask.ingest.decode.SourceUri;
import io.unmask.ingest.face.CropSpec;
import io.unmask.ingest.face.StillFaces;
import io.unmask.model.image.Pictures;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
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
 * Faces cut out of videos, once: a file of samples with raw crops for each face track, under a name made of the video's
 * digest and of the settings that it was cut by. An entry that is not whole is cut again. Thread-safe.
 *
 * @param folder is made when missing
 * @param settings by which faces are found
 * @param crop with its margin
 * @param margin side of a stored crop over the side of a crop at serving
 */
public record FaceCache(Path folder, Settings settings, CropSpec crop, double margin) {
    /** The first bytes of a file, {@code UFCA}. Raise it when ingest cuts other faces by the same settings than before. */
    private static final int MAGIC = 0x55464341;

    /** Least side of the crops that are kept for training, so that trainings of other input sizes share them. */
    public static final int STORED_PX = 280;

    /** Videos are cut with room around the crop, so that its framing can vary. */
    private static final double LEAST_MARGIN = 1.25;

    /** Side of the crops that are kept over the side of the face box, so that trainings of other crop scales share them. */
    private static final double STORED_SCALE = 1.75;

    /** Shorter tracks are mostly passers-by and false hits. */
    private static final int MIN_TRACK = 4;

    private static final Point NOWHERE = new Point(Double.NaN, Double.NaN);
    /** Stands in a file where a face has no landmarks. */
    private static final FaceLandmarks NO_LANDMARKS = new FaceLandmarks(NOWHERE, NOWHERE, NOWHERE, NOWHERE);

    private static final int HEADER_BYTES = 3 * Integer.BYTES + Double.BYTES;
    /** Sequence, time, box, landmarks and quality stand before each crop. */
    private static final int FACTS_BYTES = 18 * Long.BYTES;

    /** Sequence, time, box and landmarks stand before the face's size. */
    private static final int SIZE_OFFSET = 14 * Long.BYTES;

    /** Makes another file of a video, as a platform would. */
    public interface Remake {
        /**
         * Writes into an empty folder and names what it wrote.
         *
         * @throws IOException when it cannot be made
         */
        Path of(Path video, Path folder) throws IOException;
    }

    /** A face track in a file of the cache. */
    public record Track(Path file, int count, int size, double margin, double detailPx) implements FaceSequence.Crops {

        @Override
        public RgbFrame read(int index) throws IOException {
            return sample(index).crop();
        }

        @Override
        public List<RgbFrame> read(int first, int count) throws IOException {
            var crops = new ArrayList<RgbFrame>(count);
            try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
                for (int i = first; i < first + count; i++) {
                    var rgb = ByteBuffer.allocate(sampleBytes(size) - FACTS_BYTES);
                    fill(rgb, channel, position(i) + FACTS_BYTES);
                    crops.add(new RgbFrame(size, size, rgb.array()));
                }
            }
            return crops;
        }

        /** A sample just as the service got it. */
        public FaceSample sample(int index) throws IOException {
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

        private void fill(ByteBuffer bytes, FileChannel channel, long position) throws IOException {
            while (bytes.hasRemaining()) {
                int got = channel.read(bytes, position + bytes.position());
                if (got < 0) {
                    throw new IOException(file + ": cut short while in use; run again to cut it anew");
                }
            }
        }
    }

    /**
     * Faces as training wants them, with room around the crop.
     *
     * @param inputSize side of the square that the network sees, in pixels
     * @param cropScale side of the crop that margins are relative to over the side of the face's box
     */
    public static FaceCache forTraining(Path folder, Settings settings, int inputSize, double cropScale) {
        int side = Math.max(STORED_PX, (int) Math.round(inputSize * LEAST_MARGIN));
        double scale = Math.max(STORED_SCALE, cropScale * LEAST_MARGIN);
        return new FaceCache(folder, settings, new CropSpec(side, scale), scale / cropScale);
    }

    /** The face that a file's label is about: the one that is seen longest. */
    public Optional<Track> mainFace(Path file, StillFaces stills) throws IOException {
        return Pictures.isPicture(file)
                ? still(file, stills)
                : tracks(file).stream().findFirst().filter(track -> track.count() >= MIN_TRACK);
    }

    private static int sampleBytes(int size) {
        return FACTS_BYTES + size * size * 3;
    }

    /**
     * Faces of a video, longest track first.
     *
     * @return empty when there is none, or when the file is no video
     */
    public List<Track> tracks(Path video) throws IOException {
        return tracks(video, "", (file, scratch) -> file);
    }

    /**
     * Faces of what is made of a video, longest track first; it is made only when its faces are not cached.
     *
     * @param made names what is made, with all that it depends on
     */
    public List<Track> tracks(Path video, String made, Remake remake) throws IOException {
        Files.createDirectories(folder);
        String key = key(video, made);
        Path index = folder.resolve(key + ".tracks");
        var cached = cached(index, key);
        if (cached.isPresent()) {
            return cached.get();
        }
        Path scratch = Files.createTempDirectory(folder, "remade-");
        try {
            return cut(remake.of(video, scratch), index, key);
        } finally {
            delete(scratch);
        }
    }

    /**
     * The main face of a still picture. A picture that was cut around its face is taken as far as it goes, and the track's
     * margin says how far that is.
     *
     * @return empty when there is none for certain
     * @throws IOException when it cannot be read
     */
    public Optional<Track> still(Path picture, StillFaces faces) throws IOException {
        Files.createDirectories(folder);
        String key = key(picture, "still");
        Path index = folder.resolve(key + ".tracks");
        var cached = cached(index, key);
        if (cached.isPresent()) {
            return cached.get().stream().findFirst();
        }
        var found = faces.main(Pictures.read(picture), crop);
        if (found.isEmpty()) {
            store(List.of(), crop.scale(), index, key);
            return Optional.empty();
        }
        return store(List.of(List.of(found.get().sample())), found.get().scale(), index, key).stream()
                .findFirst();
    }

    private static void delete(Path scratch) throws IOException {
        try (var files = Files.list(scratch)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(scratch);
    }

    private double detailPx(double facePx) {
        return facePx * crop.scale() / margin;
    }

    /** Side of the crop that {@link Track#margin} is relative to, over the side of the face box. */
    public double cropScale() {
        return crop.scale() / margin;
    }

    /** The margin of crops whose side is {@code scale} times that of the face box. */
    private double marginOf(double scale) {
        return scale * margin / crop.scale();
    }

    /** Empty unless every track that the index names is whole. */
    private Optional<List<Track>> cached(Path index, String key) throws IOException {
        var tracks = new ArrayList<Track>();
        for (String line : Files.exists(index) ? Files.readAllLines(index) : List.of("missing")) {
            var track = open(folder.resolve(key + "-" + line + ".crops"));
            if (track.isEmpty()) {
                return Optional.empty();
            }
            tracks.add(track.get());
        }
        return Optional.of(tracks);
    }

    private Optional<Track> open(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            if (Files.size(file) < HEADER_BYTES || in.readInt() != MAGIC) {
                return Optional.empty();
            }
            int count = in.readInt();
            int size = in.readInt();
            boolean whole = Files.size(file) == HEADER_BYTES + (long) count * sampleBytes(size);
            if (!whole || size != crop.size()) {
                return Optional.empty();
            }
            double scale = in.readDouble();
            in.skipNBytes(SIZE_OFFSET);
            return Optional.of(new Track(file, count, size, marginOf(scale), detailPx(in.readDouble())));
        }
    }

    private List<Track> cut(Path video, Path index, String key) throws IOException {
        List<List<FaceSample>> cuts;
        try {
            cuts = new ArrayList<>(FaceExtraction.of(SourceUri.parse(video.toString()), settings, crop)
                    .tracks());
        } catch (SourceException e) {
            return List.of();
        }
        if (Thread.interrupted()) {
            throw new InterruptedIOException(video + ": cutting was interrupted");
        }
        cuts.sort((a, b) -> Integer.compare(b.size(), a.size()));
        return store(cuts, crop.scale(), index, key);
    }

    /** @param scale side of these crops over the side of the face box */
    private List<Track> store(List<List<FaceSample>> cuts, double scale, Path index, String key) throws IOException {
        var tracks = new ArrayList<Track>();
        var names = new ArrayList<String>();
        for (var track : cuts) {
            String name = Integer.toString(names.size());
            Path file = folder.resolve(key + "-" + name + ".crops");
            write(file, track, scale);
            names.add(name);
            double facePx = track.get(0).quality().sizePx();
            tracks.add(new Track(file, track.size(), crop.size(), marginOf(scale), detailPx(facePx)));
        }
        // The index is written last, so that it names only what is there.
        Files.write(index, names);
        return tracks;
    }

    private void write(Path file, List<FaceSample> track, double scale) throws IOException {
        Path beside = Files.createTempFile(folder, "cut-", ".part");
        try (var out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(beside)))) {
            out.writeInt(MAGIC);
            out.writeInt(track.size());
            out.writeInt(crop.size());
            out.writeDouble(scale);
            for (var sample : track) {
                out.writeLong(sample.sequence());
                out.writeLong(sample.timeMicros());
                write(out, sample.box());
                write(out, sample.landmarks().orElse(NO_LANDMARKS));
                write(out, sample.quality());
                out.write(sample.crop().rgb());
            }
        }
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
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

    /** Holds the format too: another unmask that uses the folder keeps its own entries. */
    private String key(Path video, String made) throws IOException {
        String cutBy =
                MAGIC + Sha256.of(video) + made + settings.source().sampleFps() + settings.face() + crop;
        return Sha256.of(cutBy).substring(0, 32);
    }
}

package io.unmask.model.data;

import io.unmask.config.PrivateFiles;
import io.unmask.config.Settings;
import io.unmask.config.Sha256;
import io.unmask.ingest.FaceExtraction;
import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.ingest.decode.SourceException;
import io.unmask.ingest.decode.SourceUri;
import io.unmask.ingest.face.CropSpec;
import io.unmask.ingest.face.StillFaces;
import io.unmask.model.image.Pictures;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Faces cut out of videos, so that each video is cut once. A face track is a {@link CropFile} under a name made of the video's
 * digest and of the settings by which it was cut. A video whose entry is not whole is cut again. Thread-safe.
 *
 * @param folder where the files are; made when missing
 * @param settings by which faces are found
 * @param crop how faces are cut, margin included
 * @param margin side of a stored crop over the side of a crop at serving
 */
public record FaceCache(Path folder, Settings settings, CropSpec crop, double margin) {
    /** Least side of the crops that are kept for training, so that trainings of other input sizes share them. */
    public static final int STORED_PX = 280;

    /** Videos are cut with room around the crop, so that its framing can vary. */
    private static final double LEAST_MARGIN = 1.25;

    /** Side of the crops that are kept over the side of the face box, so that trainings of other crop scales share them. */
    private static final double STORED_SCALE = 1.75;

    /** Shorter tracks are mostly passers-by and false hits. */
    private static final int MIN_TRACK = 4;

    /** Folder, in that of the cache, of what is not whole yet. */
    private static final String UNFINISHED = "unfinished";

    private static final String CUT = "cut-";

    /** No video is cut for so long. */
    private static final Duration LONGEST_CUT = Duration.ofDays(7);

    /** Encodes a video anew, as a platform would. */
    public interface Remake {
        /**
         * Writes a file into an empty folder and returns its path.
         *
         * @throws IOException when it cannot be made
         */
        Path of(Path video, Path folder) throws IOException;
    }

    /** A face track in a file of the cache. */
    public record Track(CropFile crops, double margin, double detailPx) implements FaceSequence.Crops {
        /** Where the crops are. */
        public Path file() {
            return crops.file();
        }

        @Override
        public int count() {
            return crops.count();
        }

        /** Side of a crop in pixels. */
        public int size() {
            return crops.size();
        }

        @Override
        public RgbFrame read(int index) throws IOException {
            return sample(index).crop();
        }

        @Override
        public List<RgbFrame> read(int first, int count) throws IOException {
            return crops.crops(first, count);
        }

        /** A sample just as the service got it. */
        public FaceSample sample(int index) throws IOException {
            return crops.sample(index);
        }
    }

    /**
     * The cache that training uses: its crops have room around them.
     *
     * @param inputSize side of the square that the network sees, in pixels
     * @param cropScale side of the crop that margins are relative to over the side of the face's box
     */
    public static FaceCache forTraining(Path folder, Settings settings, int inputSize, double cropScale) {
        int side = Math.max(STORED_PX, (int) Math.round(inputSize * LEAST_MARGIN));
        double scale = Math.max(STORED_SCALE, cropScale * LEAST_MARGIN);
        return new FaceCache(folder, settings, new CropSpec(side, scale), scale / cropScale);
    }

    /**
     * The faces of a video.
     *
     * @param tracks the longest first
     * @param failure why the video could not be read to its end; the faces before that are in {@code tracks}
     */
    public record Faces(List<Track> tracks, Optional<String> failure) {
        /** Why there is no face. */
        public String why() {
            return failure.orElse("no face found");
        }
    }

    /**
     * To be called before each file of a data set.
     *
     * @throws InterruptedException when the user wants to stop
     */
    public static void requireNotStopped(BooleanSupplier stopped) throws InterruptedException {
        if (stopped.getAsBoolean()) {
            throw new InterruptedException("stopped while faces were cut");
        }
    }

    /**
     * The face that a file's label is about: the one that is seen longest.
     *
     * @param stopped asked again and again while a video is cut, which may take hours
     * @param lost is told why there is no such face, or why it was not followed to the video's end
     * @throws InterruptedException when the user wants to stop
     */
    public Optional<Track> mainFace(Path file, StillFaces stills, BooleanSupplier stopped, Consumer<String> lost)
            throws IOException, InterruptedException {
        requireNotStopped(stopped);
        boolean isStill = Pictures.isPicture(file);
        Faces faces;
        try {
            faces = isStill ? still(file, stills) : faces(file, "", (video, scratch) -> video, stopped);
        } catch (InterruptedIOException e) {
            requireNotStopped(stopped);
            throw e;
        }
        var face = faces.tracks().stream().findFirst().filter(track -> isStill || track.count() >= MIN_TRACK);
        if (face.isPresent()) {
            faces.failure()
                    .ifPresent(why -> lost.accept(
                            "all after " + face.get().count() + " crops, since it breaks off (" + why + ")"));
        } else if (faces.tracks().isEmpty()) {
            lost.accept(faces.why());
        } else {
            lost.accept(
                    "a face in " + faces.tracks().get(0).count() + " of its pictures only, " + MIN_TRACK + " are needed"
                            + faces.failure().map(why -> " (" + why + ")").orElse(""));
        }
        return face;
    }

    /** The faces of a video; none, with the reason, when the file is no video. */
    public Faces faces(Path video) throws IOException {
        return faces(video, "", (file, scratch) -> file);
    }

    /**
     * Faces of another form of a video. The form is made only when its faces are not cached. A form that could not be read to
     * its end is made and cut again the next time, since a busy disk or a setting may have been the reason.
     *
     * @param made names the form and all that it depends on; a part of the cache's key
     */
    public Faces faces(Path video, String made, Remake remake) throws IOException {
        return faces(video, made, remake, () -> false);
    }

    private Faces faces(Path video, String made, Remake remake, BooleanSupplier stopped) throws IOException {
        Files.createDirectories(folder);
        String key = key(video, made);
        Path index = folder.resolve(key + ".tracks");
        var cached = cached(index, key);
        if (cached.isPresent()) {
            return new Faces(cached.get(), Optional.empty());
        }
        Path scratch = scratch();
        try {
            return cut(remake.of(video, scratch), scratch, index, key, stopped);
        } finally {
            PrivateFiles.delete(scratch);
        }
    }

    /**
     * The main face of a still picture. Where the picture ends close to the face, the crop is as large as the picture allows,
     * and the track's margin says how large that is.
     *
     * @return one track at most; none, with the reason, when the file is no picture
     */
    public Faces still(Path picture, StillFaces faces) throws IOException {
        Files.createDirectories(folder);
        String key = key(picture, "still");
        Path index = folder.resolve(key + ".tracks");
        var cached = cached(index, key);
        if (cached.isPresent()) {
            return new Faces(cached.get(), Optional.empty());
        }
        RgbFrame whole;
        try {
            whole = Pictures.read(picture);
        } catch (IOException e) {
            return new Faces(List.of(), Optional.of(e.getMessage()));
        }
        var parts = new ArrayList<CropFile.Part>();
        Path scratch = scratch();
        try {
            var found = faces.main(whole, crop);
            if (found.isPresent()) {
                parts.add(part(scratch.resolve("still.crops"), found.get().scale()));
                parts.get(0).add(List.of(found.get().sample()));
            }
            var tracks = finish(parts, key);
            index(tracks, scratch, index);
            return new Faces(tracks, Optional.empty());
        } finally {
            PrivateFiles.delete(scratch);
        }
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
        return CropFile.open(file).filter(crops -> crops.size() == crop.size()).map(this::track);
    }

    private Track track(CropFile crops) {
        return new Track(crops, marginOf(crops.scale()), detailPx(crops.facePx()));
    }

    /** @param scratch an empty folder, where the tracks grow while the video is read */
    private Faces cut(Path video, Path scratch, Path index, String key, BooleanSupplier stopped) throws IOException {
        var parts = new TreeMap<Integer, CropFile.Part>();
        Optional<String> failure;
        try {
            failure = FaceExtraction.run(SourceUri.parse(video.toString()), settings, crop, (track, samples) -> {
                if (stopped.getAsBoolean()) {
                    throw new InterruptedIOException(video + ": cutting was stopped");
                }
                parts.computeIfAbsent(track, id -> part(scratch.resolve(id + ".crops"), crop.scale()))
                        .add(samples);
            });
        } catch (SourceException e) {
            return new Faces(List.of(), Optional.of(e.getMessage()));
        }
        if (Thread.interrupted()) {
            throw new InterruptedIOException(video + ": cutting was interrupted");
        }
        var longestFirst = new ArrayList<>(parts.values());
        longestFirst.sort(Comparator.comparingInt(CropFile.Part::count).reversed());
        var tracks = finish(longestFirst, key);
        if (failure.isEmpty()) {
            index(tracks, scratch, index);
        }
        return new Faces(tracks, failure);
    }

    /** @param scale side of the crops over the side of the face box */
    private CropFile.Part part(Path file, double scale) {
        return new CropFile.Part(file, crop.size(), scale);
    }

    private List<Track> finish(List<CropFile.Part> parts, String key) throws IOException {
        var tracks = new ArrayList<Track>();
        for (var part : parts) {
            tracks.add(track(part.finish(folder.resolve(key + "-" + tracks.size() + ".crops"))));
        }
        return tracks;
    }

    /** Writes the index, last of all and whole or not at all, so that it names only tracks that are there. */
    private static void index(List<Track> tracks, Path scratch, Path index) throws IOException {
        Path part = Files.write(
                scratch.resolve("index"),
                IntStream.range(0, tracks.size()).mapToObj(Integer::toString).toList());
        Files.move(part, index, StandardCopyOption.REPLACE_EXISTING);
    }

    /** A new folder for what is not whole yet. Its maker deletes it; those of processes that were killed are deleted here. */
    private Path scratch() throws IOException {
        Path unfinished = Files.createDirectories(folder.resolve(UNFINISHED));
        PrivateFiles.deleteLeftovers(unfinished, CUT, Instant.now().minus(LONGEST_CUT));
        return Files.createTempDirectory(unfinished, CUT);
    }

    /** The name of a video's entry. It depends on the format too, so that two versions of unmask can share the folder. */
    private String key(Path video, String made) throws IOException {
        String cutBy =
                CropFile.MAGIC + Sha256.of(video) + made + settings.source().sampleFps() + settings.face() + crop;
        return Sha256.of(cutBy).substring(0, 32);
    }
}

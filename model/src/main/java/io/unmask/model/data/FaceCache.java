package io.unmask.model.data;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

    /**
     * Faces of a video, longest track first.
     *
     * @return empty when there is none, or when the file is no video
     */
    public List<Track> tracks(Path video) throws IOException {
        return tracks(video, "", (file, scratch) -> file);
    }

    /**
     * Faces of another form of a video, longest track first. The form is made only when its faces are not cached.
     *
     * @param made a name for the form and all that it depends on
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
     * The main face of a still picture. Where the picture ends close to the face, the crop is as large as the picture allows,
     * and the track's margin says how large that is.
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
        return CropFile.open(file).filter(crops -> crops.size() == crop.size()).map(this::track);
    }

    private Track track(CropFile crops) {
        return new Track(crops, marginOf(crops.scale()), detailPx(crops.facePx()));
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

    /** @param scale side of the crops over the side of the face box */
    private List<Track> store(List<List<FaceSample>> cuts, double scale, Path index, String key) throws IOException {
        var tracks = new ArrayList<Track>();
        var names = new ArrayList<String>();
        for (var track : cuts) {
            String name = Integer.toString(names.size());
            Path file = folder.resolve(key + "-" + name + ".crops");
            tracks.add(track(CropFile.write(file, track, crop.size(), scale)));
            names.add(name);
        }
        // The index is written last, so that it names only what is there.
        Files.write(index, names);
        return tracks;
    }

    /** The name of a video's entry. It depends on the format too, so that two versions of unmask can share the folder. */
    private String key(Path video, String made) throws IOException {
        String cutBy =
                CropFile.MAGIC + Sha256.of(video) + made + settings.source().sampleFps() + settings.face() + crop;
        return Sha256.of(cutBy).substring(0, 32);
    }
}

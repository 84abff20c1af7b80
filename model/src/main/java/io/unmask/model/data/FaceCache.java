package io.unmask.model.data;

import io.unmask.config.Settings;
import io.unmask.ingest.FaceCuts;
import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.ingest.decode.SourceException;
import io.unmask.ingest.decode.SourceUri;
import io.unmask.ingest.face.CropSpec;
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
import java.util.List;
import java.util.Optional;

/**
 * Faces cut out of videos, once: a file of raw crops for each face track, under a name made of the video's digest and of
 * the settings that it was cut by. An entry that is not whole is cut again. Thread-safe for different videos.
 *
 * @param folder is made when missing
 * @param settings by which faces are found
 * @param crop with its margin
 * @param margin side of a stored crop over the side of a crop at serving
 */
public record FaceCache(Path folder, Settings settings, CropSpec crop, double margin) {
    private static final int MAGIC = 0x55464331; // UFC1
    private static final int HEADER_BYTES = 12;

    /** A face track in a file of the cache. */
    private record Track(Path file, int count, int size, double margin) implements FaceSequence.Crops {

        @Override
        public RgbFrame read(int index) throws IOException {
            var bytes = ByteBuffer.allocate(size * size * 3);
            try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
                long position = HEADER_BYTES + (long) index * bytes.capacity();
                while (bytes.hasRemaining()) {
                    int got = channel.read(bytes, position + bytes.position());
                    if (got < 0) {
                        throw new IOException(file + ": cut short while in use; run again to cut it anew");
                    }
                }
            }
            return new RgbFrame(size, size, bytes.array());
        }
    }

    /**
     * Faces of a video, longest track first.
     *
     * @return empty when there is none, or when the file is no video
     */
    public List<FaceSequence.Crops> tracks(Path video) throws IOException {
        Files.createDirectories(folder);
        String key = key(video);
        Path index = folder.resolve(key + ".tracks");
        var cached = cached(index, key);
        return cached.isPresent() ? cached.get() : cut(video, index, key);
    }

    /** Empty unless every track that the index names is whole. */
    private Optional<List<FaceSequence.Crops>> cached(Path index, String key) throws IOException {
        var tracks = new ArrayList<FaceSequence.Crops>();
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
            boolean whole = Files.size(file) == HEADER_BYTES + (long) count * size * size * 3;
            return whole && size == crop.size() ? Optional.of(new Track(file, count, size, margin)) : Optional.empty();
        }
    }

    private List<FaceSequence.Crops> cut(Path video, Path index, String key) throws IOException {
        List<List<FaceSample>> cuts;
        try {
            cuts = new ArrayList<>(FaceCuts.of(SourceUri.parse(video.toString()), settings, crop)
                    .tracks());
        } catch (SourceException e) {
            return List.of();
        }
        cuts.sort((a, b) -> Integer.compare(b.size(), a.size()));
        var tracks = new ArrayList<FaceSequence.Crops>();
        var names = new ArrayList<String>();
        for (var track : cuts) {
            String name = Integer.toString(names.size());
            Path file = folder.resolve(key + "-" + name + ".crops");
            write(file, track);
            names.add(name);
            tracks.add(new Track(file, track.size(), crop.size(), margin));
        }
        // Last, so that an index speaks only of what is there.
        Files.write(index, names);
        return tracks;
    }

    private void write(Path file, List<FaceSample> track) throws IOException {
        Path beside = file.resolveSibling(file.getFileName() + ".part");
        try (var out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(beside)))) {
            out.writeInt(MAGIC);
            out.writeInt(track.size());
            out.writeInt(crop.size());
            for (var sample : track) {
                out.write(sample.crop().rgb());
            }
        }
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private String key(Path video) throws IOException {
        String cutBy = Manifest.sha256(video) + settings.source() + settings.face() + crop;
        return Manifest.sha256(cutBy).substring(0, 32);
    }
}

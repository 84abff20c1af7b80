package io.unmask.samples.bench;

import io.unmask.config.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The videos that are measured on: the user's, or ones that are made of the sample clips and kept in the user's cache (H.264
 * with B frames, 30 frames/s). To draw new faces at 720p would take minutes.
 */
final class Videos {
    static final int FPS = 30;

    /** The version of how videos are made. Raise it when that changes, since older ones are still in users' caches. */
    private static final String RECIPE_VERSION = "v1";

    private final Optional<Path> given;
    private final Path clips;
    private final Path cache;
    private final Tool ffmpeg;

    /**
     * @param given the user's video, which is measured on instead of any that is made here
     * @param clips the repository's samples/clips
     */
    Videos(Optional<Path> given, Path clips, Path cache, Tool ffmpeg) {
        this.given = given;
        this.clips = clips;
        this.cache = cache;
        this.ffmpeg = ffmpeg;
    }

    /** The user's video, or else one that is made with this scenery, size and length. */
    Video get(Scenery scenery, int width, int height, int seconds)
            throws IOException, InterruptedException, BenchException {
        if (given.isPresent()) {
            return Video.of(given.get());
        }
        return Video.of(looped(scenery, width, height, seconds));
    }

    /** A video that is made here even if the user gave one, for rows in which the video itself grows. */
    Video own(Scenery scenery, int width, int height, int seconds)
            throws IOException, InterruptedException, BenchException {
        return Video.of(looped(scenery, width, height, seconds));
    }

    private Path looped(Scenery scenery, int width, int height, int seconds)
            throws IOException, InterruptedException, BenchException {
        String name = "%s-%dx%d".formatted(scenery.name(), width, height);
        Path file = cache.resolve("%s-%ds-%s.mp4".formatted(name, seconds, RECIPE_VERSION));
        if (Files.exists(file)) {
            return file;
        }
        Path round = cache.resolve("%s-round-%s.mp4".formatted(name, RECIPE_VERSION));
        if (!Files.exists(round)) {
            make(encode(scenery, width, height), round);
        }
        List<String> repeat = List.of("-stream_loop", "-1", "-i", round.toString(), "-t", "" + seconds, "-c", "copy");
        make(repeat, file);
        return file;
    }

    private List<String> encode(Scenery scenery, int width, int height) {
        List<String> arguments = new ArrayList<>();
        for (String clip : scenery.clips()) {
            arguments.addAll(List.of("-i", clips.resolve(clip + ".mp4").toString()));
        }
        arguments.addAll(List.of("-filter_complex", scenery.filter(width, height), "-r", "" + FPS));
        arguments.addAll(List.of("-c:v", "libx264", "-preset", "medium", "-crf", "23"));
        return arguments;
    }

    /** Makes a video in a folder of its own and moves it to its place, so that a reader there finds it whole. */
    private void make(List<String> arguments, Path file) throws IOException, InterruptedException, BenchException {
        if (!Files.isDirectory(clips)) {
            throw new BenchException(clips + ": no such folder, and the videos are made of what is in it:"
                    + " run ./unmask in a clone, or give --file");
        }
        Files.createDirectories(cache);
        Path folder = Files.createTempDirectory(cache, "making-");
        try {
            Path fresh = folder.resolve("video.mp4");
            List<String> command = new ArrayList<>(List.of(ffmpeg.need(), "-v", "error", "-y"));
            command.addAll(arguments);
            command.addAll(List.of("-movflags", "+faststart", fresh.toString()));
            new Child(command, folder).run();
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            PrivateFiles.delete(folder);
        }
    }
}

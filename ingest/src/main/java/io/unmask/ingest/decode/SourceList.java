package io.unmask.ingest.decode;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The sources that a user's words stand for, and what is passed over with its reason, so that nothing is left out
 * silently.
 *
 * @param sources each once, in the order of the words, a folder's files by path
 */
public record SourceList(List<SourceUri> sources, List<Skipped> skipped) {

    /**
     * Something that is not read.
     *
     * @param entry its path, as far as it can be written
     * @param reason one line, that names the entry
     * @param trouble whether the user should be warned, since it may be a video
     */
    public record Skipped(String entry, String reason, boolean trouble) {}

    public SourceList {
        sources = List.copyOf(sources);
        skipped = List.copyOf(skipped);
    }

    /**
     * Reads each word as {@link SourceUri#parse} does and replaces a folder by the video files in and below it.
     *
     * @throws SourceException when a word is no source at all
     */
    public static SourceList of(List<String> words) throws SourceException {
        // A file that is named twice, as in ". a.mp4", is one stream.
        Map<String, SourceUri> distinct = new LinkedHashMap<>();
        List<Skipped> skipped = new ArrayList<>();
        for (String word : words) {
            SourceUri source = SourceUri.parse(word);
            if (source.kind() != SourceUri.Kind.FILE) {
                SourceUri first = distinct.putIfAbsent(source.identity(), source);
                if (first != null && !first.equals(source)) {
                    skipped.add(likeAnother(source));
                }
                continue;
            }
            VideoFiles found = VideoFiles.at(Path.of(source.location()));
            found.videos().stream()
                    .map(path -> new SourceUri(SourceUri.Kind.FILE, path.toString()))
                    .forEach(file -> distinct.putIfAbsent(file.identity(), file));
            skipped.addAll(found.skipped());
        }
        return new SourceList(List.copyOf(distinct.values()), skipped);
    }

    private static Skipped likeAnother(SourceUri source) {
        return new Skipped(
                source.redacted() + " (again)", // its failure is not that of the source that is read
                "source " + source
                        + ": differs from another source by nothing but its user, or a value that is named like a secret, so"
                        + " that their events could not be told apart; give it a parameter of its own, such as camera=2",
                true);
    }
}

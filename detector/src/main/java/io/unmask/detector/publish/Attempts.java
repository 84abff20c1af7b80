package io.unmask.detector.publish;

import io.unmask.detector.publish.ClipGroup.Clip;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Counts how often a clip was begun and not ended, also by processes that died of it. The first batch after a partition has
 * changed hands is marked, before it is judged, in the metadata of the group's offset; a transaction that commits the batch
 * removes the mark. Who finds a mark goes on one clip at a time, so that the mark comes to stand at the clip that is to
 * blame. Not thread-safe.
 */
final class Attempts {
    private static final String MARK = "attempts=";
    /** As many clips after a mark may have been in the batch that failed. */
    private static final int LARGEST_BATCH = 256;

    private final Map<TopicPartition, Standing> standings = new HashMap<>();
    private final Map<TopicPartition, Map<Long, Integer>> failures = new HashMap<>();
    private final Set<TopicPartition> fresh = new HashSet<>();
    private final Map<TopicPartition, OffsetAndMetadata> before = new HashMap<>();

    /**
     * @param offset at which a mark was found
     * @param attempts that it tells of
     * @param suspectUntil offset before which clips are judged one at a time
     */
    private record Standing(long offset, int attempts, long suspectUntil) {}

    static TopicPartition partition(Clip clip) {
        return new TopicPartition(clip.message().topic(), clip.message().partition());
    }

    void assigned(Map<TopicPartition, OffsetAndMetadata> committed, Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            fresh.add(partition);
            OffsetAndMetadata end = committed.get(partition);
            if (end != null && end.metadata().startsWith(MARK)) {
                int attempts = Integer.parseInt(end.metadata().substring(MARK.length()));
                standings.put(partition, new Standing(end.offset(), attempts, end.offset() + LARGEST_BATCH));
            }
        }
    }

    void revoked(TopicPartition partition) {
        standings.remove(partition);
        failures.remove(partition);
        fresh.remove(partition);
    }

    boolean isSuspect(Clip clip) {
        Standing standing = standings.get(partition(clip));
        return standing != null && clip.message().offset() < standing.suspectUntil;
    }

    /** What is to be committed before these clips are judged. */
    Map<TopicPartition, OffsetAndMetadata> begin(List<Clip> clips) {
        Map<TopicPartition, OffsetAndMetadata> marks = new HashMap<>();
        before.clear();
        for (Clip clip : clips) {
            if (fresh.remove(partition(clip)) || (isSuspect(clip) && of(clip) == 0)) {
                long offset = clip.message().offset();
                marks.put(partition(clip), new OffsetAndMetadata(offset, MARK + (of(clip) + 1)));
                before.put(partition(clip), new OffsetAndMetadata(offset, of(clip) == 0 ? "" : MARK + of(clip)));
            }
        }
        return marks;
    }

    /** What stood where the last clips were marked: they are not to blame for a failure of Kafka. */
    Map<TopicPartition, OffsetAndMetadata> before() {
        return Map.copyOf(before);
    }

    int of(Clip clip) {
        Standing standing = standings.get(partition(clip));
        int marked = standing != null && standing.offset == clip.message().offset() ? standing.attempts : 0;
        int failed = failures.getOrDefault(partition(clip), Map.of())
                .getOrDefault(clip.message().offset(), 0);
        return marked + failed;
    }

    void failed(List<Clip> clips) {
        for (Clip clip : clips) {
            TopicPartition partition = partition(clip);
            long offset = clip.message().offset();
            Standing before = standings.getOrDefault(partition, new Standing(-1, 0, 0));
            standings.put(
                    partition, new Standing(before.offset, before.attempts, Math.max(before.suspectUntil, offset + 1)));
            if (clips.size() == 1) {
                failures.computeIfAbsent(partition, none -> new HashMap<>()).merge(offset, 1, Integer::sum);
            }
        }
    }

    void succeeded(List<Clip> clips) {
        for (Clip clip : clips) {
            TopicPartition partition = partition(clip);
            failures.getOrDefault(partition, new HashMap<>())
                    .remove(clip.message().offset());
            standings.computeIfPresent(
                    partition,
                    (same, standing) -> clip.message().offset() + 1 >= standing.suspectUntil ? null : standing);
        }
    }
}

package io.unmask.detector.pipeline;

import io.unmask.detector.verdict.JudgedStream;
import io.unmask.detector.verdict.Rules;
import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.clip.Captured;
import io.unmask.ingest.clip.Coverage;
import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.IngestEvent.FaceClip;
import io.unmask.ingest.clip.IngestEvent.TrackEnded;
import io.unmask.ingest.clip.Lateness;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** A source that is being read. Compared by identity: one opening is one stream. */
public final class OpenStream implements JudgedStream {
    private final String label;
    private final Verdict.Stream stream;
    private final Instant opened;
    private final boolean live;
    private final Optional<Rules> rules;
    private final Lateness lateness = new Lateness();
    private final CaptureTimes captures;
    private final AtomicLong dropped = new AtomicLong();
    /** By track, the number of the newest frame that was handed on or counted as dropped. */
    private final Map<Integer, Long> accountedFor = new HashMap<>();

    /**
     * Describes an opening.
     *
     * @param label names the source for people
     * @param opened wall clock at the first picture
     * @param live whether presentation time runs with the wall clock
     */
    public OpenStream(String label, Verdict.Stream stream, Instant opened, boolean live) {
        this(label, stream, opened, live, Optional.empty());
    }

    /** @param rules of its own, if it is not judged by the common ones */
    public OpenStream(String label, Verdict.Stream stream, Instant opened, boolean live, Optional<Rules> rules) {
        this(label, stream, opened, live, rules, new CaptureTimes());
    }

    OpenStream(
            String label,
            Verdict.Stream stream,
            Instant opened,
            boolean live,
            Optional<Rules> rules,
            CaptureTimes captures) {
        this.captures = captures;
        this.rules = rules;
        this.label = label;
        this.stream = stream;
        this.opened = opened;
        this.live = live;
    }

    /** When the source's pictures were taken; filled by whoever reads the source. */
    public CaptureTimes captures() {
        return captures;
    }

    /** How late the source's pictures come in; filled by the source's thread. */
    Lateness lateness() {
        return lateness;
    }

    /** Notes that a clip is handed on, so that its frames are not lost. Called under the queue's lock. */
    void handOn(FaceClip clip) {
        accountedFor.merge(clip.trackId(), lastOf(clip), Math::max);
    }

    /**
     * Counts the frames of a clip that is not handed on. Called under the queue's lock.
     *
     * @param keptFrom number of the first frame that a later clip holds, too
     */
    void drop(FaceClip clip, long keptFrom) {
        long after = accountedFor.getOrDefault(clip.trackId(), -1L);
        drop(clip.samples().stream()
                .mapToLong(FaceSample::sequence)
                .filter(frame -> frame > after && frame < keptFrom)
                .count());
        accountedFor.merge(clip.trackId(), keptFrom - 1, Math::max);
    }

    /** Notes that nothing of the track follows. */
    void end(TrackEnded track) {
        accountedFor.remove(track.trackId());
    }

    private static long lastOf(FaceClip clip) {
        return clip.samples().get(clip.samples().size() - 1).sequence();
    }

    /** Counts frames that will not be judged. */
    public void drop(long frames) {
        dropped.addAndGet(frames);
    }

    /** How many frames were dropped with their clips. */
    public long dropped() {
        return dropped.get();
    }

    @Override
    public Optional<Captured> captured(long timeMicros) {
        return captures.at(timeMicros);
    }

    /** Adds the frames of dropped clips to the coverage. */
    @Override
    public Coverage counted(Coverage coverage) {
        long more = dropped.get();
        return more == 0 ? coverage : coverage.withDropped(coverage.dropped() + more);
    }

    public Optional<Rules> rules() {
        return rules;
    }

    public String label() {
        return label;
    }

    @Override
    public Verdict.Stream stream() {
        return stream;
    }

    @Override
    public Instant opened() {
        return opened;
    }

    @Override
    public boolean live() {
        return live;
    }
}

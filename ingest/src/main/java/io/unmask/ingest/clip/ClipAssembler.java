package io.unmask.ingest.clip;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.FacelessSpans.Standing;
import io.unmask.ingest.clip.IngestEvent.DamagedSpan;
import io.unmask.ingest.clip.IngestEvent.FaceClip;
import io.unmask.ingest.clip.IngestEvent.TrackEnded;
import io.unmask.ingest.clip.IngestEvent.TrackEnded.Cause;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Cuts face tracks into overlapping clips and tells of the spans without a face. Pure; one thread.
 *
 * <p>A track counts as a face once it has three samples and is not in doubt, since a detector's false hit seldom lasts. When
 * a source ends before its fifth frame, samples in half of its frames are enough. Until a track counts, at most a clip's worth
 * of its samples is kept; a track that never counts leaves no event.
 *
 * <p>Events come in order of their ends. An event that is ready waits while a track is alive that was last seen before the
 * event's end, so it waits for the track gap at most. What is held is bounded by the faces in the picture, the clip and the
 * gap.
 */
public final class ClipAssembler {
    /** A track counts from this many samples on. */
    static final int CONFIRMED = 3;

    /** Fewer samples are enough when the pictures are so far apart that they cover this time. */
    private static final double CONFIRMED_MICROS = 300_000;

    private final Settings.Clip settings;
    private final Map<Integer, Track> tracks = new LinkedHashMap<>();
    private final FacelessSpans faceless;
    private final Cadence cadence = new Cadence();
    private final EventQueue ready = new EventQueue();
    private final long spanMicros;
    private OptionalLong damagedFrom = OptionalLong.empty();
    private long sampled;
    private long firstMicros;
    private long lastMicros = -1;
    private int lastId;

    /** @param sampleFps frames a second that {@link #add} will be called with */
    public ClipAssembler(Settings.Clip settings, double sampleFps) {
        if (settings.hop() < 1 || settings.hop() > settings.frames()) {
            throw new IllegalArgumentException(
                    "clip.hop = " + settings.hop() + ": must be from 1 to clip.frames = " + settings.frames());
        }
        this.settings = settings;
        spanMicros = Math.round(settings.frames() / sampleFps * 1e6);
        faceless = new FacelessSpans(spanMicros);
    }

    /**
     * Takes one sampled frame.
     *
     * @param timeMicros later than any before
     * @param faces the frame's faces by the tracker's number
     * @param doubtful those that may be no faces at all: a track counts once it is not among them
     * @param ended numbers of tracks that ended before this frame; they do not come again
     * @param coverage what became of the source's frames so far; {@code withFace} is counted here
     * @return the events that are now certain
     */
    public List<IngestEvent> add(
            long timeMicros,
            Map<Integer, FaceSample> faces,
            Set<Integer> doubtful,
            Collection<Integer> ended,
            Coverage coverage) {
        if (timeMicros <= lastMicros) {
            throw new IllegalArgumentException("frame at " + timeMicros + " us after one at " + lastMicros + " us");
        }
        boolean afterHole = cadence.isAfterHole(timeMicros);
        endDamage(afterHole ? lastMicros : timeMicros, coverage);
        firstMicros = sampled++ == 0 ? timeMicros : firstMicros;
        lastMicros = timeMicros;
        int needed = needed();
        ended.forEach(number -> end(number, Cause.LEFT, needed, coverage));
        faces.forEach((number, sample) ->
                tracks.computeIfAbsent(number, none -> new Track()).take(sample, doubtful.contains(number), needed));
        faceless.frame(
                timeMicros,
                afterHole,
                cadence.usualMicros(),
                faces.keySet().stream()
                        .map(number -> tracks.get(number).standing)
                        .toList());
        faces.keySet().forEach(number -> tracks.computeIfPresent(number, (same, track) -> undoubted(track)));
        settle(coverage);
        tracks.values().forEach(track -> cut(track, coverage));
        return ready.until(watermark());
    }

    /** Gives up the samples of a track that was in doubt for the length of a clip; what follows in it may be a face. */
    private Track undoubted(Track track) {
        if (track.believed || track.samples.size() < settings.frames()) {
            return track;
        }
        track.standing.decide(false);
        Track fresh = new Track();
        fresh.seenMicros = track.seenMicros;
        return fresh;
    }

    /** How many samples a track needs to count. */
    private int needed() {
        double usual = Math.max(1, cadence.usualMicros());
        return (int) Math.max(1, Math.min(CONFIRMED, Math.ceil(CONFIRMED_MICROS / usual)));
    }

    /**
     * Takes note of a frame that was not searched: the time around it is not called faceless.
     *
     * @param timeMicros later than any before
     */
    public void skip(long timeMicros, Coverage coverage) {
        if (cadence.isAfterHole(timeMicros)) {
            endDamage(lastMicros, coverage);
        }
        faceless.interrupt();
    }

    /**
     * Takes note that frames were left out on purpose, at times that are not known: the time until the next frame is neither
     * a hole nor faceless.
     */
    public void passOver() {
        cadence.pause();
        faceless.interrupt();
    }

    /**
     * Takes note of a due frame that may show damage. Tracks end before it, since nothing is judged across it.
     *
     * @param timeMicros later than any before
     */
    public List<IngestEvent> damaged(long timeMicros, Coverage coverage) {
        List<IngestEvent> events = new ArrayList<>(endFaces(coverage));
        if (cadence.isAfterHole(timeMicros)) {
            endDamage(lastMicros, coverage);
        }
        if (damagedFrom.isEmpty()) {
            damagedFrom = OptionalLong.of(timeMicros);
        }
        lastMicros = timeMicros;
        if (timeMicros - damagedFrom.getAsLong() >= spanMicros) {
            endDamage(timeMicros, coverage);
            damagedFrom = OptionalLong.of(timeMicros);
        }
        events.addAll(ready.until(Long.MAX_VALUE));
        return events;
    }

    private void endDamage(long timeMicros, Coverage coverage) {
        damagedFrom.ifPresent(from -> ready.add(new DamagedSpan(from, timeMicros, counted(coverage))));
        damagedFrom = OptionalLong.empty();
    }

    /**
     * Ends every track, the faceless stretch and the damage; frames may follow, from a source that was opened again. The
     * time until then is a hole, whatever came before it.
     */
    public List<IngestEvent> endTracks(Coverage coverage) {
        endDamage(lastMicros, coverage);
        return endFaces(coverage);
    }

    private List<IngestEvent> endFaces(Coverage coverage) {
        int needed = (int) Math.min(CONFIRMED, Math.max(1, (sampled + 1) / 2));
        List.copyOf(tracks.keySet()).forEach(number -> end(number, Cause.SOURCE_ENDED, needed, coverage));
        settle(coverage);
        faceless.interrupt();
        return ready.until(Long.MAX_VALUE);
    }

    /** As {@link #endTracks}, and one faceless span for a source that showed no face and yielded no other span. */
    public List<IngestEvent> finish(Coverage coverage) {
        List<IngestEvent> events = endTracks(coverage);
        if (sampled > 0) {
            faceless.rest(firstMicros, lastMicros, counted(coverage)).ifPresent(events::add);
        }
        return events;
    }

    /** The coverage with the frames that are known to show a face, and with the gaps. */
    public Coverage counted(Coverage base) {
        return base.withFacesAndGaps(faceless.withFace(), cadence.holes(), cadence.holeMicros());
    }

    /** Samples held, for tests of the bound. */
    int held() {
        return tracks.values().stream().mapToInt(track -> track.samples.size()).sum();
    }

    private void end(int number, Cause cause, int needed, Coverage coverage) {
        Track track = tracks.remove(number);
        if (track == null) {
            return;
        }
        track.standing.decide(track.standing.counts() || (track.believed && track.samples.size() >= needed));
        settle(coverage);
        if (track.standing.counts()) {
            cut(track, coverage);
            if (track.fresh > 0) {
                emit(track, coverage);
            }
            ready.add(new TrackEnded(track.id, track.startMicros, track.seenMicros, cause, counted(coverage)));
        }
    }

    private void cut(Track track, Coverage coverage) {
        while (track.standing.counts() && track.samples.size() >= settings.frames()) {
            emit(track, coverage);
            track.samples.subList(0, settings.hop()).clear();
        }
    }

    private void emit(Track track, Coverage coverage) {
        int count = Math.min(settings.frames(), track.samples.size());
        List<FaceSample> samples = List.copyOf(track.samples.subList(0, count));
        long start = samples.get(0).timeMicros();
        long end = samples.get(count - 1).timeMicros();
        track.id = track.id == 0 ? ++lastId : track.id;
        track.fresh = track.samples.size() - count;
        ready.add(new FaceClip(track.id, track.index++, start, end, samples, counted(coverage)));
    }

    private void settle(Coverage coverage) {
        faceless.settle(() -> counted(coverage)).forEach(ready::add);
    }

    /** No event to come ends before this. */
    private long watermark() {
        long first = faceless.firstUnsettledMicros().orElse(lastMicros);
        for (Track track : tracks.values()) {
            first = Math.min(first, track.seenMicros);
        }
        return first;
    }

    private static final class Track {
        private final Standing standing = new Standing();
        /** The newest samples; those that are in no clip yet stand last. */
        private final List<FaceSample> samples = new ArrayList<>();

        private int fresh;
        /** Given with the first clip. */
        private int id;

        private int index;
        private long startMicros = -1;
        private long seenMicros;
        private boolean believed;

        private void take(FaceSample sample, boolean doubtful, int needed) {
            samples.add(sample);
            believed |= !doubtful;
            fresh++;
            seenMicros = sample.timeMicros();
            startMicros = startMicros < 0 ? seenMicros : startMicros;
            if (believed && samples.size() >= needed) {
                standing.decide(true);
            }
        }
    }
}

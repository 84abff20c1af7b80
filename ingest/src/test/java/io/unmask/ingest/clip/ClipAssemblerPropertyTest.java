package io.unmask.ingest.clip;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.IngestEvent.FaceClip;
import io.unmask.ingest.clip.IngestEvent.FacelessSpan;
import io.unmask.ingest.clip.IngestEvent.TrackEnded;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Holds for any comings and goings of up to three faces. */
class ClipAssemblerPropertyTest {
    private static final int FACES = 3;
    private static final int GAP_FRAMES = 4;
    private static final long PERIOD_MICROS = 125_000;

    /** @param visible for each frame a bit a face */
    record Scene(int frames, int hop, List<Integer> visible) {}

    /** What the assembler was given and what it made of it. */
    private static final class Run {
        final Map<Integer, List<Long>> sequencesByTrack = new TreeMap<>();
        final List<IngestEvent> events = new ArrayList<>();
        int mostHeld;
    }

    @Property(tries = 500)
    void shouldPutEverySampleOfATrackThatCountsIntoAClip(@ForAll("scenes") Scene scene) {
        Run run = run(scene);
        List<List<Long>> given = run.sequencesByTrack.values().stream()
                .filter(track -> track.size() >= ClipAssembler.CONFIRMED)
                .sorted((a, b) -> Long.compare(a.get(0), b.get(0)))
                .toList();

        List<List<Long>> cut = clipsByTrack(run.events).values().stream()
                .map(clips -> clips.stream()
                        .flatMap(clip -> clip.samples().stream().map(FaceSample::sequence))
                        .distinct()
                        .toList())
                .sorted((a, b) -> Long.compare(a.get(0), b.get(0)))
                .toList();
        if (scene.visible.size() >= 2 * ClipAssembler.CONFIRMED) {
            assertThat(cut).isEqualTo(given);
        } else {
            assertThat(cut).containsAll(given);
        }
    }

    @Property(tries = 500)
    void shouldOverlapClipsAndShortenOnlyTheLast(@ForAll("scenes") Scene scene) {
        clipsByTrack(run(scene).events).values().forEach(clips -> {
            for (int i = 0; i < clips.size(); i++) {
                List<FaceSample> samples = clips.get(i).samples();
                assertThat(clips.get(i).index()).isEqualTo(i);
                if (i + 1 < clips.size()) {
                    assertThat(samples).hasSize(scene.frames);
                    List<FaceSample> next = clips.get(i + 1).samples();
                    int overlap = scene.frames - scene.hop;
                    assertThat(next).hasSizeGreaterThan(overlap);
                    assertThat(next.subList(0, overlap)).isEqualTo(samples.subList(scene.hop, scene.frames));
                }
            }
        });
    }

    @Property(tries = 500)
    void shouldKeepOrderAndEndEachTrackOnceAfterItsClips(@ForAll("scenes") Scene scene) {
        List<IngestEvent> events = run(scene).events;

        assertThat(events).extracting(IngestEvent::endMicros).isSorted();
        Map<Integer, Boolean> ended = new HashMap<>();
        for (IngestEvent event : events) {
            if (event instanceof FaceClip clip) {
                assertThat(ended.put(clip.trackId(), false)).isNotEqualTo(true);
            } else if (event instanceof TrackEnded track) {
                assertThat(ended.put(track.trackId(), true)).isEqualTo(false);
            }
        }
        assertThat(ended).doesNotContainValue(false);
    }

    @Property(tries = 500)
    void shouldTellOfNoFacelessSpanOverAFaceThatCounts(@ForAll("scenes") Scene scene) {
        List<IngestEvent> events = run(scene).events;
        List<Long> seen = clipsByTrack(events).values().stream()
                .flatMap(clips -> clips.stream().flatMap(clip -> clip.samples().stream()))
                .map(FaceSample::timeMicros)
                .toList();

        for (IngestEvent event : events) {
            if (event instanceof FacelessSpan span) {
                assertThat(seen).noneMatch(time -> time >= span.startMicros() && time < span.endMicros());
            }
        }
        assertThat(events).as("a source is never passed over in silence").isNotEmpty();
    }

    @Property(tries = 200)
    void shouldHoldNoMoreThanTheGapAndAClipAFace(@ForAll("scenes") Scene scene) {
        assertThat(run(scene).mostHeld).isLessThanOrEqualTo(FACES * (scene.frames + 2 * GAP_FRAMES + 2));
    }

    @Provide
    Arbitrary<Scene> scenes() {
        Arbitrary<Integer> frames = Arbitraries.integers().between(2, 8);
        // Faces that stay for a while say more than ones that flicker: each number is held for some frames.
        Arbitrary<List<Integer>> visible = Combinators.combine(
                        Arbitraries.integers().between(0, (1 << FACES) - 1),
                        Arbitraries.integers().between(1, 12))
                .as((mask, count) -> Collections.nCopies(count, mask))
                .list()
                .ofMinSize(1)
                .ofMaxSize(15)
                .map(runs -> runs.stream().<Integer>flatMap(List::stream).toList());
        return Combinators.combine(frames, Arbitraries.integers().between(1, 8), visible)
                .as((length, hop, faces) -> new Scene(length, Math.min(length, hop), faces));
    }

    private static Run run(Scene scene) {
        Run run = new Run();
        ClipAssembler clips = new ClipAssembler(new Settings.Clip(scene.frames, scene.hop, 2), 8);
        int[] track = new int[FACES];
        int[] lastSeen = new int[FACES];
        int tracks = 0;
        long sequence = 0;
        for (int frame = 0; frame < scene.visible.size(); frame++) {
            BitSet visible = BitSet.valueOf(new long[] {scene.visible.get(frame)});
            List<Integer> ended = new ArrayList<>();
            Map<Integer, FaceSample> samples = new LinkedHashMap<>();
            for (int face = 0; face < FACES; face++) {
                if (track[face] != 0 && frame - lastSeen[face] > GAP_FRAMES) {
                    ended.add(track[face]);
                    track[face] = 0;
                }
                if (visible.get(face)) {
                    track[face] = track[face] == 0 ? ++tracks : track[face];
                    lastSeen[face] = frame;
                    samples.put(track[face], Samples.at(sequence, frame * PERIOD_MICROS));
                    run.sequencesByTrack
                            .computeIfAbsent(track[face], none -> new ArrayList<>())
                            .add(sequence++);
                }
            }
            run.events.addAll(clips.add(frame * PERIOD_MICROS, samples, Set.of(), ended, Coverage.NONE));
            run.mostHeld = Math.max(run.mostHeld, clips.held());
        }
        run.events.addAll(clips.finish(Coverage.NONE));
        return run;
    }

    private static Map<Integer, List<FaceClip>> clipsByTrack(List<IngestEvent> events) {
        return events.stream()
                .filter(FaceClip.class::isInstance)
                .map(FaceClip.class::cast)
                .collect(Collectors.groupingBy(FaceClip::trackId, TreeMap::new, Collectors.toList()));
    }
}

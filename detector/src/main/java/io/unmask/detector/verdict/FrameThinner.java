package io.unmask.detector.verdict;

import io.unmask.detector.verdict.Verdict.Face.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Keeps an even selection of a track's frames: every frame at first, every second when the room is used up, then every
 * fourth. Frames that overlapping clips share are taken once, with a score if one of the clips gave them one.
 */
final class FrameThinner {
    private final int room;
    private final TreeMap<Long, Frame> open = new TreeMap<>();
    private List<Frame> kept = new ArrayList<>();
    private long seen;
    private long stride = 1;
    private int scored;

    /** All that is kept, for another thinner that goes on from here. */
    record Memory(List<Frame> open, List<Frame> kept, long seen, long stride, int scored) {}

    Memory memory() {
        return new Memory(List.copyOf(open.values()), List.copyOf(kept), seen, stride, scored);
    }

    static FrameThinner of(int room, Memory memory) {
        FrameThinner thinner = new FrameThinner(room);
        memory.open.forEach(frame -> thinner.open.put(frame.timeMicros(), frame));
        thinner.kept = new ArrayList<>(memory.kept);
        thinner.seen = memory.seen;
        thinner.stride = memory.stride;
        thinner.scored = memory.scored;
        return thinner;
    }

    /** @param room even, so that halving keeps the stride */
    FrameThinner(int room) {
        this.room = room;
    }

    /** Takes the frames of the track's next clip. */
    void add(List<Frame> clip) {
        if (!clip.isEmpty()) {
            // No later clip starts before this one: what lies before it is final.
            settle(open.headMap(clip.get(0).timeMicros()));
        }
        for (Frame frame : clip) {
            open.merge(frame.timeMicros(), frame, (old, now) -> old.scored() ? old : now);
        }
    }

    /** Frames by time, after the last clip. */
    List<Frame> finish() {
        settle(open);
        return List.copyOf(kept);
    }

    /** Distinct frames that were scored, after {@link #finish}. */
    int scored() {
        return scored;
    }

    private void settle(SortedMap<Long, Frame> settled) {
        settled.values().forEach(this::keep);
        settled.clear();
    }

    private void keep(Frame frame) {
        scored += frame.scored() ? 1 : 0;
        if (seen++ % stride != 0) {
            return;
        }
        if (kept.size() == room) {
            kept = IntStream.range(0, room / 2)
                    .mapToObj(i -> kept.get(2 * i))
                    .collect(Collectors.toCollection(ArrayList::new));
            stride *= 2;
        }
        kept.add(frame);
    }
}

package io.unmask.detector.verdict;

import java.util.List;

/**
 * What has to be known of an open stream to judge what follows, so that another process can go on with it.
 *
 * @param sequence of the stream's last event
 * @param tracks those that have not ended
 */
public record JudgeMemory(boolean sawFace, long sequence, SpanReasons.Memory spanReasons, List<Track> tracks) {
    /** The memory of a stream of which nothing was judged yet. */
    public static final JudgeMemory NOTHING = new JudgeMemory(false, 0, new SpanReasons().memory(), List.of());

    /** A face that is still in sight. */
    public record Track(int track, long startMicros, TrackJudge.Memory judge) {}
}

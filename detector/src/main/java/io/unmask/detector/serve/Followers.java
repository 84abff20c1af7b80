package io.unmask.detector.serve;

import io.unmask.detector.pipeline.Outcome;
import io.unmask.detector.verdict.Verdict;
import java.util.function.Consumer;

/** Lets others see what becomes of one stream. */
interface Followers {

    /**
     * From now on the follower is given each outcome of the stream, once it is safe, up to the last one.
     *
     * @param follower called by the committing thread
     */
    void follow(Verdict.Stream stream, Consumer<Outcome> follower);
}

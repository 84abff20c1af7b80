package io.unmask.detector.serve;

import io.unmask.detector.verdict.Outcome;
import io.unmask.detector.verdict.Verdict;
import java.util.function.Consumer;

/** Lets others follow the outcomes of one stream. */
interface Followers {

    /**
     * Gives the follower each outcome of the stream once it is stored, up to the last one.
     *
     * @param follower called by the committing thread
     */
    void follow(Verdict.Stream stream, Consumer<Outcome> follower);
}

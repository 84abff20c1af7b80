package io.unmask.detector.verdict;

import io.unmask.ingest.clip.Captured;
import io.unmask.ingest.clip.Coverage;
import java.time.Instant;
import java.util.Optional;

/** What a verdict tells of the stream that it is about. */
public interface JudgedStream {
    Verdict.Stream stream();

    /** Wall clock at the first picture. */
    Instant opened();

    /** Whether presentation time runs with the wall clock. */
    boolean live();

    /** When the picture of a presentation time was taken; empty when that is not known. */
    Optional<Captured> captured(long timeMicros);

    /** What became of the frames, those included that were lost after ingest had counted them. */
    Coverage counted(Coverage coverage);
}

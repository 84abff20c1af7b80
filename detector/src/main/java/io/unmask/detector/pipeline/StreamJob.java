package io.unmask.detector.pipeline;

import io.unmask.detector.verdict.Rules;
import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.IngestListener;
import io.unmask.ingest.IngestSession;
import java.util.Optional;

/**
 * One source to be judged.
 *
 * @param live whether the source may go on for ever; such a source does not wait for others to end
 * @param identity called once, on a thread of its own while the source is opened, since a file is read to its end for it
 * @param readers called once, on the source's own thread
 * @param rules of its own, if it is not judged by the common ones
 */
public record StreamJob(String label, boolean live, Identity identity, ReaderFactory readers, Optional<Rules> rules) {

    /** A source that is judged by the common rules. */
    public StreamJob(String label, boolean live, Identity identity, ReaderFactory readers) {
        this(label, live, identity, readers, Optional.empty());
    }

    /** Tells what the source is. */
    @FunctionalInterface
    public interface Identity {
        Verdict.Stream identify();
    }

    /** Opens the source. */
    @FunctionalInterface
    public interface ReaderFactory {
        Reader open(IngestListener listener);
    }

    /** Reads one source. */
    public interface Reader {

        /** A reader that runs an ingest session. */
        static Reader of(IngestSession session) {
            return new Reader() {
                @Override
                public void run() {
                    session.run();
                }

                @Override
                public void stop() {
                    session.stop();
                }
            };
        }

        /** Reads to the end and passes all events to the listener; the last is {@code SourceEnded}, with the failure if any. */
        void run();

        /** Makes {@link #run} end soon, as at the end of the source; called by any thread, before or during it. */
        void stop();
    }
}

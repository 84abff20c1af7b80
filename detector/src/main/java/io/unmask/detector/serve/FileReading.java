package io.unmask.detector.serve;

import io.unmask.detector.pipeline.Pipeline;
import io.unmask.detector.pipeline.StreamIdentity;
import io.unmask.detector.pipeline.StreamJob;
import io.unmask.detector.run.ServingModel;
import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.IngestListener;
import io.unmask.ingest.IngestSession;
import io.unmask.ingest.clip.IngestEvent;
import io.unmask.ingest.clip.IngestEvent.SourceEnded;
import io.unmask.ingest.clip.Picture;
import io.unmask.ingest.decode.SourceUri;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Reads one file through the pipeline. */
final class FileReading {
    private final String sourceId;
    private final SourceUri file;
    private final SourceContext context;
    private final ServingModel model;
    private final Watcher watcher;
    private final CompletableFuture<Verdict.Stream> known = new CompletableFuture<>();

    /** Is told how the reading goes, on the reading's thread. */
    interface Watcher {

        /** The stream's identity is known; no event of it was handed on yet. */
        default void identified(Verdict.Stream stream) {}

        default void picture(Picture picture) {}

        /** The file has been read; the stream's last event was not handed on yet. */
        default void ended(Verdict.Stream stream, SourceEnded end) {}
    }

    FileReading(String sourceId, SourceUri file, SourceContext context, ServingModel model, Watcher watcher) {
        this.sourceId = sourceId;
        this.file = file;
        this.context = context;
        this.model = model;
        this.watcher = watcher;
    }

    /** Reads the file when its turn comes. */
    Pipeline.Handle start() {
        return context.pipeline()
                .add(new StreamJob(file.redacted(), false, this::identity, this::open, Optional.of(model.rules())));
    }

    private Verdict.Stream identity() {
        try {
            Verdict.Stream stream = StreamIdentity.of(file, context.clock());
            context.owners().owns(sourceId, stream);
            watcher.identified(stream);
            known.complete(stream);
            return stream;
        } catch (RuntimeException e) {
            known.completeExceptionally(e);
            throw e;
        }
    }

    private StreamJob.Reader open(IngestListener events) {
        return StreamJob.Reader.of(new IngestSession(file, model.settings(), model.crop(), new Watched(events)));
    }

    private final class Watched implements IngestListener {
        private final IngestListener next;

        Watched(IngestListener next) {
            this.next = next;
        }

        @Override
        public void started(boolean live) {
            next.started(live);
        }

        @Override
        public void event(IngestEvent event) {
            if (event instanceof SourceEnded end) {
                watcher.ended(known.join(), end);
            }
            next.event(event);
        }

        @Override
        public void picture(long positionMicros, Picture picture) {
            watcher.picture(picture);
        }

        @Override
        public void progress(long positionMicros, OptionalLong durationMicros) {
            next.progress(positionMicros, durationMicros);
        }
    }
}

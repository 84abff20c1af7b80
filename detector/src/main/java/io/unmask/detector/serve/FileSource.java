package io.unmask.detector.serve;

import io.unmask.config.SourceSpec;
import io.unmask.detector.pipeline.Pipeline;
import io.unmask.detector.run.ServingModel;
import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.clip.IngestEvent.SourceEnded;
import io.unmask.ingest.clip.Picture;
import io.unmask.ingest.decode.SourceException;
import io.unmask.ingest.decode.SourceList;
import io.unmask.ingest.decode.SourceUri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A file, which is judged once, or a folder, which is watched: each video in it is judged once two looks have found it
 * unchanged.
 */
final class FileSource implements ManagedSource {
    private final SourceSpec spec;
    private final SourceContext context;
    private final Followers followers;
    private final Journal journal;
    private final ServingModel model;
    private final Path path;
    private final StatusLine status;
    private final PreviewBox preview;

    private final Map<Journal.Entry, Pipeline.Handle> reading = new HashMap<>();
    private Set<Journal.Entry> lastFound = Set.of();
    private final Set<Journal.Entry> taken = new HashSet<>();
    private long nextLookNanos = System.nanoTime();
    private boolean looking;
    /** Whether the path was a folder when it last existed. A folder that has disappeared may come back. */
    private boolean folder;

    private boolean stopped;
    private int done;

    /** What one look at the path has found. */
    private record Look(boolean folder, Map<Journal.Entry, SourceUri> videos, Optional<String> trouble) {}

    FileSource(SourceSpec spec, SourceContext context, Followers followers, Journal journal) {
        this.spec = spec;
        this.context = context;
        this.followers = followers;
        this.journal = journal;
        path = Path.of(SourceAddress.of(spec, context.environment()).identity());
        model = context.modelFor(spec, Map.of());
        status = new StatusLine(context.clock(), path.toString(), false);
        preview = new PreviewBox(context.clock());
    }

    @Override
    public void start() {
        tick(System.nanoTime());
    }

    @Override
    public void stop() {
        List<Pipeline.Handle> open;
        synchronized (this) {
            stopped = true;
            open = List.copyOf(reading.values());
        }
        open.forEach(Pipeline.Handle::stop);
    }

    @Override
    public synchronized void tick(long nowNanos) {
        if (stopped || looking || nowNanos - nextLookNanos < 0) {
            return;
        }
        nextLookNanos = nowNanos
                + TimeUnit.MILLISECONDS.toNanos(context.settings().serve().watchIntervalMs());
        looking = true;
        context.folders().execute(Guarded.of(this::look));
    }

    /** Asks the disk without holding the lock: a disk may hang, and the timer and HTTP requests need the lock. */
    private void look() {
        try {
            boolean isFolder = Files.isDirectory(path);
            try {
                take(find(isFolder));
            } catch (SourceException | IOException e) {
                showWaiting(isFolder, e.getMessage());
            }
        } finally {
            synchronized (this) {
                looking = false;
            }
        }
    }

    private Look find(boolean isFolder) throws SourceException, IOException {
        SourceList found = SourceList.of(List.of(path.toString()));
        Map<Journal.Entry, SourceUri> videos = new LinkedHashMap<>();
        for (SourceUri video : found.sources()) {
            videos.put(Journal.Entry.of(Path.of(video.location())), video);
        }
        Optional<String> trouble = found.skipped().stream()
                .filter(SourceList.Skipped::trouble)
                .findFirst()
                .map(SourceList.Skipped::reason);
        return new Look(isFolder, videos, trouble);
    }

    /** Shows why there is nothing to read yet. A folder without videos counts as running. */
    private synchronized void showWaiting(boolean isFolder, String why) {
        folder |= isFolder;
        if (reading.isEmpty() && (folder || done == 0)) {
            status.set(isFolder ? SourceState.RUNNING : SourceState.OPENING, why);
        }
    }

    private synchronized void take(Look look) {
        if (stopped) {
            return;
        }
        folder = look.folder() || (folder && look.videos().isEmpty());
        look.videos().forEach((entry, video) -> {
            // A file that has changed since the last look may still be growing.
            if (lastFound.contains(entry) && !taken.contains(entry) && !journal.contains(entry)) {
                taken.add(entry);
                read(video, entry);
            }
        });
        taken.retainAll(look.videos().keySet());
        lastFound = look.videos().keySet();
        if (reading.isEmpty()) {
            showIdle(look);
            look.trouble().ifPresent(why -> showWaiting(look.folder(), why));
        }
    }

    private void showIdle(Look look) {
        if (look.folder()) {
            status.set(SourceState.RUNNING, "watched; " + done + " files judged since the start");
        } else if (done == 0
                && !look.videos().isEmpty()
                && look.videos().keySet().stream().allMatch(journal::contains)) {
            status.set(SourceState.ENDED, "was judged before");
        }
    }

    private void read(SourceUri file, Journal.Entry entry) {
        FileReading fresh = new FileReading(spec.id(), file, context, model, new Watch(entry));
        status.set(SourceState.RUNNING, "reading " + entry.path().getFileName());
        reading.put(entry, fresh.start());
    }

    @Override
    public SourceStatus status(String id, boolean fromFile) {
        return status.status(id, fromFile, OptionalLong.empty());
    }

    @Override
    public Optional<Preview> preview() {
        return preview.newest();
    }

    private final class Watch implements FileReading.Watcher {
        private final Journal.Entry entry;

        Watch(Journal.Entry entry) {
            this.entry = entry;
        }

        @Override
        public void picture(Picture picture) {
            preview.offer(picture);
        }

        @Override
        public void ended(Verdict.Stream stream, SourceEnded end) {
            if (!end.stopped() && end.failure().isEmpty()) {
                followers.follow(stream, outcome -> {
                    if (outcome.isLast()) {
                        journal.add(entry);
                    }
                });
            }
            synchronized (FileSource.this) {
                reading.remove(entry);
                done++;
                if (!folder) {
                    status.set(
                            end.failure().isPresent() ? SourceState.FAILED : SourceState.ENDED,
                            end.failure().orElse(end.stopped() ? "stopped" : ""));
                }
            }
        }
    }
}

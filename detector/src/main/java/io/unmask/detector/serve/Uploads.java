package io.unmask.detector.serve;

import io.unmask.config.PrivateFiles;
import io.unmask.detector.evidence.Report;
import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.clip.IngestEvent.SourceEnded;
import io.unmask.ingest.decode.SourceUri;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files that were uploaded, each judged as a job with a verdict and a report. Thread-safe. */
public final class Uploads {
    private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);
    private static final Pattern EXTENSION = Pattern.compile("\\.([A-Za-z0-9]{1,5})$");
    private static final String SOURCE = "upload-";

    private final Path folder;
    private final Parts parts;
    private final SourceContext context;
    private final int maxJobs;
    private final Map<String, UploadJob> jobs = new LinkedHashMap<>();
    private volatile Consumer<Job> whenDone = job -> {};

    /**
     * What uploads depend on.
     *
     * @param reports makes the report that suits a file's verdicts
     */
    record Parts(SourceContext context, Followers followers, Album album, Function<List<Verdict>, Report> reports) {}

    /** How far a job is. */
    public enum State {
        WAITING,
        DONE,
        FAILED
    }

    /**
     * The state of one uploaded file.
     *
     * @param name the sender's name for the file
     * @param verdict on the whole file, once it is done: its worst face's verdict, or all labels that its faces were given
     * @param detail why it failed; else empty
     * @param webhook the address that is told when the job is over
     */
    public record Job(
            String id,
            String name,
            State state,
            Instant added,
            Optional<String> verdict,
            String detail,
            Optional<URI> webhook) {}

    /** @param maxJobs how many are kept; a new one beyond that replaces the oldest that is over */
    Uploads(Path folder, Parts parts, int maxJobs) {
        this.folder = folder;
        this.parts = parts;
        this.context = parts.context();
        this.maxJobs = maxJobs;
    }

    /** Whether a source of the feed is an upload. */
    static boolean isSource(String source) {
        return source.matches(SOURCE + "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    }

    /** Sets the listener that is told, by the committing thread, when a job is over. */
    public void onDone(Consumer<Job> listener) {
        whenDone = listener;
    }

    /**
     * Makes a folder for an upload and names the file in it to write to. {@link #add} or {@link #discard} must follow.
     *
     * @throws RefusedException when the folder cannot be made
     */
    public Path newFile(String name) {
        context.requireReading();
        try {
            Path home = PrivateFiles.createDirectories(
                    folder.resolve(UUID.randomUUID().toString()));
            var extension = EXTENSION.matcher(name);
            return home.resolve(
                    "upload" + (extension.find() ? "." + extension.group(1).toLowerCase(Locale.ROOT) : ""));
        } catch (IOException e) {
            throw new RefusedException(folder + ": the upload cannot be kept: " + e);
        }
    }

    /**
     * Queues an uploaded file for judging.
     *
     * @param file the complete file, at the path that {@link #newFile} gave
     * @throws RefusedException when too many jobs wait
     */
    public Job add(Path file, String name, Optional<URI> webhook) {
        Path home = file.getParent();
        String id = home.getFileName().toString();
        Job job = new Job(id, name, State.WAITING, context.clock().instant(), Optional.empty(), "", webhook);
        UploadJob running = new UploadJob(job, home, parts, done -> whenDone.accept(done));
        Optional<UploadJob> oldest;
        synchronized (jobs) {
            oldest = makeRoom();
            jobs.put(id, running);
        }
        oldest.ifPresent(over -> remove(over.home()));
        SourceUri uri = new SourceUri(SourceUri.Kind.FILE, file.toString());
        var unused = new FileReading(SOURCE + id, uri, context, context.model(), new Watch(running)).start();
        return job;
    }

    private Optional<UploadJob> makeRoom() {
        if (jobs.size() < maxJobs) {
            return Optional.empty();
        }
        UploadJob oldest = jobs.values().stream()
                .filter(UploadJob::isOver)
                .findFirst()
                .orElseThrow(() -> new RefusedException(maxJobs + " uploads wait already; try again later"));
        jobs.remove(oldest.job().id());
        return Optional.of(oldest);
    }

    public Optional<Job> find(String id) {
        synchronized (jobs) {
            return Optional.ofNullable(jobs.get(id)).map(UploadJob::job);
        }
    }

    /**
     * Writes the job's events so far as a JSON array, in the order of their arrival.
     *
     * @return whether there is such a job
     * @throws IOException when the events cannot be read or {@code out} cannot be written
     */
    public boolean writeEvents(String id, OutputStream out) throws IOException {
        EventFile events;
        synchronized (jobs) {
            UploadJob running = jobs.get(id);
            if (running == null) {
                return false;
            }
            events = running.events();
        }
        events.writeArray(out);
        return true;
    }

    /** The report of a job that is done. */
    public Optional<Path> report(String id) {
        synchronized (jobs) {
            return Optional.ofNullable(jobs.get(id)).map(UploadJob::report).filter(Files::exists);
        }
    }

    /** Removes jobs that ended more than {@code web.upload-retention-hours} ago. */
    void expire() {
        Instant oldest = context.clock()
                .instant()
                .minus(Duration.ofHours(context.settings().web().uploadRetentionHours()));
        List<UploadJob> expired;
        synchronized (jobs) {
            expired = jobs.values().stream()
                    .filter(running -> running.wasOverBefore(oldest))
                    .toList();
            expired.forEach(running -> jobs.remove(running.job().id()));
        }
        expired.forEach(running -> remove(running.home()));
    }

    /** Removes the uploads of an earlier run of the service, whose jobs are no longer known. */
    void clear() {
        if (Files.isDirectory(folder)) {
            try (Stream<Path> homes = Files.list(folder)) {
                homes.forEach(Uploads::remove);
            } catch (IOException e) {
                LOG.warn("old uploads in {} cannot be removed", folder, e);
            }
        }
    }

    /** Removes an upload that did not become a job. */
    public void discard(Path file) {
        remove(file.getParent());
    }

    private static void remove(Path home) {
        try {
            PrivateFiles.delete(home);
        } catch (IOException e) {
            LOG.warn("the upload {} cannot be removed", home, e);
        }
    }

    private final class Watch implements FileReading.Watcher {
        private final UploadJob running;

        Watch(UploadJob running) {
            this.running = running;
        }

        @Override
        public void identified(Verdict.Stream stream) {
            parts.album().keep(stream);
            parts.followers().follow(stream, running::outcome);
        }

        @Override
        public void ended(Verdict.Stream stream, SourceEnded end) {
            running.readingEnded(end.stopped());
        }
    }
}

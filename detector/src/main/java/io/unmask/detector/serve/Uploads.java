package io.unmask.detector.serve;

import io.cloudevents.CloudEvent;
import io.unmask.detector.evidence.Report;
import io.unmask.detector.pipeline.Outcome;
import io.unmask.detector.verdict.StreamState;
import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.clip.IngestEvent.SourceEnded;
import io.unmask.ingest.decode.SourceUri;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files that were uploaded, each judged as a job with a verdict and a report. Thread-safe. */
public final class Uploads {
    private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);
    private static final Pattern EXTENSION = Pattern.compile("\\.([A-Za-z0-9]{1,5})$");
    private static final String REPORT = "report.html";
    private static final int MOST_JOBS = 1000;
    private static final int MOST_EVENTS = 10_000;

    private final Path folder;
    private final Ground ground;
    private final Followers followers;
    private final Album album;
    private final Report report;
    private final Map<String, Running> jobs = new LinkedHashMap<>();
    private volatile Consumer<Job> whenDone = job -> {};

    /** How far a job is. */
    public enum State {
        WAITING,
        DONE,
        FAILED
    }

    /**
     * An uploaded file's way.
     *
     * @param name of the file, as its sender called it
     * @param verdict on the whole file, once it is done: the worst of its faces, or all labels that they were given
     * @param detail why it failed; else empty
     * @param webhook told when the job is over
     */
    public record Job(
            String id,
            String name,
            State state,
            Instant added,
            Optional<String> verdict,
            String detail,
            Optional<URI> webhook) {}

    private static final class Running {
        private Job job;
        private final Path home;
        private final List<Verdict> verdicts = new ArrayList<>();
        private final List<CloudEvent> events = new ArrayList<>();
        private boolean cutShort;

        Running(Job job, Path home) {
            this.job = job;
            this.home = home;
        }
    }

    Uploads(Path folder, Ground ground, Followers followers, Album album, Report report) {
        this.folder = folder;
        this.ground = ground;
        this.followers = followers;
        this.album = album;
        this.report = report;
    }

    /** Who is told when a job is over, from the committing thread. */
    public void onDone(Consumer<Job> listener) {
        whenDone = listener;
    }

    /**
     * Where the next upload is to be written; {@link #add} takes it from there.
     *
     * @throws UncheckedIOException when the disk refuses
     */
    public Path newFile(String name) {
        ground.requireReading();
        try {
            Path home = Files.createDirectories(folder.resolve(UUID.randomUUID().toString()));
            var extension = EXTENSION.matcher(name);
            return home.resolve(
                    "upload" + (extension.find() ? "." + extension.group(1).toLowerCase(Locale.ROOT) : ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Judges an uploaded file when its turn comes.
     *
     * @param file as {@link #newFile} named it, whole
     * @throws RefusedException when too many jobs are there
     */
    public Job add(Path file, String name, Optional<URI> webhook) {
        Path home = file.getParent();
        String id = home.getFileName().toString();
        Job job = new Job(id, name, State.WAITING, ground.clock().instant(), Optional.empty(), "", webhook);
        Running running = new Running(job, home);
        synchronized (jobs) {
            if (jobs.size() >= MOST_JOBS) {
                throw new RefusedException("there are " + MOST_JOBS + " uploads already; try again later");
            }
            jobs.put(id, running);
        }
        SourceUri uri = new SourceUri(SourceUri.Kind.FILE, file.toString());
        var unused = new FileReading("upload-" + id, uri, ground, ground.model(), new Watch(running)).start();
        return job;
    }

    public Optional<Job> find(String id) {
        synchronized (jobs) {
            return Optional.ofNullable(jobs.get(id)).map(running -> running.job);
        }
    }

    /** What was found so far, the first first. */
    public List<CloudEvent> events(String id) {
        synchronized (jobs) {
            Running running = jobs.get(id);
            return running == null ? List.of() : List.copyOf(running.events);
        }
    }

    /** The report of a job that is done. */
    public Optional<Path> report(String id) {
        synchronized (jobs) {
            return Optional.ofNullable(jobs.get(id))
                    .map(running -> running.home.resolve(REPORT))
                    .filter(Files::exists);
        }
    }

    /** Removes what is older than the settings keep it. */
    void expire() {
        Instant oldest = ground.clock()
                .instant()
                .minus(Duration.ofHours(ground.settings().web().uploadRetentionHours()));
        List<Running> expired;
        synchronized (jobs) {
            expired = jobs.values().stream()
                    .filter(running -> running.job.state() != State.WAITING
                            && running.job.added().isBefore(oldest))
                    .toList();
            expired.forEach(running -> jobs.remove(running.job.id()));
        }
        expired.forEach(running -> remove(running.home));
    }

    /** Removes what an earlier run of the service left: its jobs are not known any more. */
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
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.warn("the upload {} cannot be removed", home, e);
        }
    }

    private void outcome(Running running, Outcome outcome) {
        synchronized (jobs) {
            if (outcome instanceof Outcome.Judged judged) {
                running.verdicts.add(Report.essence(judged.verdict()));
            }
            if (running.events.size() < MOST_EVENTS) {
                running.events.add(outcome.event());
            }
        }
        if (outcome.isLast()) {
            end(running, ((Outcome.Changed) outcome).state());
        }
    }

    private void end(Running running, StreamState end) {
        String trouble = trouble(running, end);
        Report.Source source = new Report.Source(
                running.job.name(),
                end.stream().digest(),
                Duration.ofNanos(end.timeMicros() * 1000),
                end.coverage(),
                Optional.of(trouble).filter(text -> !text.isEmpty()),
                running.verdicts,
                album.takeAll(end.stream()));
        try {
            write(source, running.home.resolve(REPORT));
        } catch (IOException e) {
            trouble = "its report cannot be written: " + e;
        }
        boolean failed = end.state() == StreamState.State.FAILED || !trouble.isEmpty();
        Job done = new Job(
                running.job.id(),
                running.job.name(),
                failed ? State.FAILED : State.DONE,
                running.job.added(),
                failed ? Optional.empty() : Optional.of(worst(running.verdicts)),
                trouble,
                running.job.webhook());
        synchronized (jobs) {
            running.job = done;
        }
        whenDone.accept(done);
    }

    /** Why a job failed; empty when it did not. */
    private String trouble(Running running, StreamState end) {
        if (end.state() == StreamState.State.FAILED) {
            return end.detail();
        }
        synchronized (jobs) {
            return running.cutShort ? "the service was stopped before the upload's end; send it again" : "";
        }
    }

    /** The report appears as a whole or not at all. */
    private void write(Report.Source source, Path target) throws IOException {
        Path part = target.resolveSibling(REPORT + ".part");
        try {
            try (Writer out = Files.newBufferedWriter(part)) {
                report.write(List.of(source), out);
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static String worst(List<Verdict> verdicts) {
        Map<Verdict.Decision, Set<String>> outcomes = verdicts.stream()
                .filter(verdict -> verdict.kind() == Verdict.Kind.TRACK)
                .collect(Collectors.groupingBy(
                        Verdict::decision,
                        Collectors.mapping(Verdict::outcome, Collectors.toCollection(TreeSet::new))));
        return Stream.of(
                        Verdict.Decision.FAKE,
                        Verdict.Decision.LABELLED,
                        Verdict.Decision.INCONCLUSIVE,
                        Verdict.Decision.REAL)
                .filter(outcomes::containsKey)
                .findFirst()
                .map(worst -> String.join(", ", outcomes.get(worst)))
                .orElse("not_evaluable");
    }

    private final class Watch implements FileReading.Watcher {
        private final Running running;

        Watch(Running running) {
            this.running = running;
        }

        @Override
        public void identified(Verdict.Stream stream) {
            album.keep(stream);
            followers.follow(stream, outcome -> outcome(running, outcome));
        }

        @Override
        public void ended(Verdict.Stream stream, SourceEnded end) {
            synchronized (jobs) {
                running.cutShort = end.stopped();
            }
        }
    }
}

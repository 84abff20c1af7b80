package io.unmask.detector.serve;

import io.unmask.detector.evidence.Report;
import io.unmask.detector.run.WholeFile;
import io.unmask.detector.verdict.Outcome;
import io.unmask.detector.verdict.StreamState;
import io.unmask.detector.verdict.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One upload from its arrival to its report. Outcomes come from one thread; the other methods may be called by any. */
final class UploadJob {
    private static final Logger LOG = LoggerFactory.getLogger(UploadJob.class);
    private static final String REPORT = "report.html";
    /** How many events of clips are kept, of some 6 kB each. */
    private static final int MAX_CLIPS = 10_000;

    private final Path home;
    private final Uploads.Parts parts;
    private final Consumer<Uploads.Job> whenDone;
    private final EventFile events;
    private final List<Verdict> verdicts = new ArrayList<>();
    private Uploads.Job job;
    private Optional<Instant> over = Optional.empty();
    private boolean cutShort;
    private String eventsTrouble = "";

    /**
     * @param home the upload's own folder
     * @param whenDone told when the job is over
     */
    UploadJob(Uploads.Job job, Path home, Uploads.Parts parts, Consumer<Uploads.Job> whenDone) {
        this.job = job;
        this.home = home;
        this.parts = parts;
        this.whenDone = whenDone;
        events = new EventFile(home.resolve("events.json"), MAX_CLIPS);
    }

    synchronized Uploads.Job job() {
        return job;
    }

    synchronized boolean isOver() {
        return over.isPresent();
    }

    synchronized boolean wasOverBefore(Instant time) {
        return over.filter(end -> end.isBefore(time)).isPresent();
    }

    Path home() {
        return home;
    }

    EventFile events() {
        return events;
    }

    /** The report's file, which exists once the job is over. */
    Path report() {
        return home.resolve(REPORT);
    }

    /** @param stopped whether reading ended before the end of the file */
    synchronized void readingEnded(boolean stopped) {
        cutShort = stopped;
    }

    /** Takes the outcomes in their order. The last one ends the job. */
    void outcome(Outcome outcome) {
        if (outcome instanceof Outcome.Judged judged) {
            verdicts.add(Report.essence(judged.verdict()));
        }
        try {
            events.add(outcome);
        } catch (IOException e) {
            eventsTrouble = "its events cannot be kept: " + e;
        }
        if (outcome.isLast()) {
            end(((Outcome.Changed) outcome).state());
        }
    }

    private void end(StreamState end) {
        String trouble = trouble(end);
        Report.Source source = new Report.Source(
                job().name(),
                "",
                end.stream().digest(),
                Duration.ofNanos(end.timeMicros() * 1000),
                end.coverage(),
                Optional.of(trouble).filter(text -> !text.isEmpty()),
                verdicts,
                parts.album().takeAll(end.stream()));
        try {
            write(source);
        } catch (IOException | RuntimeException e) {
            // The job ends even if its report cannot be written.
            LOG.warn("the report of the upload {} cannot be written", home, e);
            trouble = "its report cannot be written: " + e;
        }
        boolean failed = end.state() == StreamState.State.FAILED || !trouble.isEmpty();
        Uploads.Job done = new Uploads.Job(
                job().id(),
                job().name(),
                failed ? Uploads.State.FAILED : Uploads.State.DONE,
                job().added(),
                failed ? Optional.empty() : Optional.of(worst(verdicts)),
                trouble,
                job().webhook());
        verdicts.clear();
        synchronized (this) {
            job = done;
            over = Optional.of(parts.context().clock().instant());
        }
        whenDone.accept(done);
    }

    /** Why the job failed; empty when it did not. */
    private synchronized String trouble(StreamState end) {
        if (end.state() == StreamState.State.FAILED) {
            return end.detail();
        }
        return cutShort ? "the service was stopped before the upload's end; send it again" : eventsTrouble;
    }

    private void write(Report.Source source) throws IOException {
        Report report = parts.reports().apply(source.verdicts());
        WholeFile.writeText(report(), out -> report.write(List.of(source), out), StandardCopyOption.ATOMIC_MOVE);
    }

    /** The most serious final verdict on a face, or every label that faces were given. */
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
}

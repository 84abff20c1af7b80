package io.unmask.detector.run;

import io.unmask.detector.evidence.Report;
import io.unmask.detector.verdict.StreamState;
import io.unmask.detector.verdict.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Collects a run's outcomes and writes the HTML report. Not thread-safe. */
final class ReportFile {
    private final Path file;
    private final Map<Verdict.Stream, List<Verdict>> verdicts = new LinkedHashMap<>();
    private final Map<Verdict.Stream, StreamState> ends = new LinkedHashMap<>();

    /** @throws RunException.Refused when the file cannot be written, so that this is known before hours of work */
    ReportFile(Path file) {
        this.file = file.toAbsolutePath();
        if (Files.isDirectory(this.file) || !Files.isWritable(this.file.getParent())) {
            throw new RunException.Refused("--report " + file + ": not a file in a folder that can be written");
        }
    }

    void add(Verdict verdict) {
        verdicts.computeIfAbsent(verdict.stream(), s -> new ArrayList<>()).add(Report.essence(verdict));
    }

    void add(StreamState state) {
        if (state.state() == StreamState.State.ENDED || state.state() == StreamState.State.FAILED) {
            ends.put(state.stream(), state);
        }
    }

    /** Writes the report. When no source has ended, there is nothing to report and no file. */
    void write(Report report, Gallery gallery) {
        List<Report.Source> sources =
                ends.values().stream().map(end -> source(end, gallery)).toList();
        if (sources.isEmpty()) {
            return;
        }
        try {
            WholeFile.writeText(file, out -> report.write(sources, out), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new RunException.Failed("report " + file + " cannot be written: " + e.getMessage(), e);
        }
    }

    private Report.Source source(StreamState end, Gallery gallery) {
        return new Report.Source(
                end.stream().uri(),
                "",
                end.stream().digest(),
                Duration.ofNanos(end.timeMicros() * 1000),
                end.coverage(),
                Optional.of(end.detail()).filter(detail -> !detail.isEmpty()),
                verdicts.getOrDefault(end.stream(), List.of()),
                gallery.of(end.stream()));
    }
}

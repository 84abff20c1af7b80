package io.unmask.detector.cli;

import io.unmask.config.Settings;
import io.unmask.detector.evidence.EvidenceFolder;
import io.unmask.detector.evidence.Report;
import io.unmask.detector.evidence.Snapshots;
import io.unmask.detector.run.ModelShelf;
import io.unmask.detector.run.ServingModel;
import io.unmask.detector.run.WholeFile;
import io.unmask.detector.verdict.Verdict;
import io.unmask.model.spec.ModelCard;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code unmask evidence}. */
@Command(
        name = "evidence",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        description = {
            "Exports or erases the events and pictures that are kept when verdict.evidence is true.",
            "They are chained, so that it shows when one is changed or removed."
        },
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  unmask evidence list",
            "  unmask evidence export door door.zip",
            "  unmask evidence erase --stream door --why 'request 17 of 3 May'",
            "  unmask evidence erase --before 2026-05-01T00:00:00Z --why 'kept long enough'"
        })
final class EvidenceCommand implements Runnable {
    private final Console console;
    private final Shutdown shutdown;
    private final Clock clock = Clock.systemUTC();

    @Spec
    private CommandSpec spec;

    EvidenceCommand(Console console, Shutdown shutdown) {
        this.console = console;
        this.shutdown = shutdown;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command given; use 'unmask evidence list'");
    }

    /** {@code unmask evidence list}. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            versionProvider = Versions.class,
            description = "Shows the streams of which there is evidence, by the ids that the other commands take.")
    int list(@Mixin SettingsOptions settings) throws IOException {
        Settings effective = settings.load(Map.of());
        List<EvidenceFolder.Kept> streams = folder(effective).streams();
        if (streams.isEmpty()) {
            console.printPlain(nothing(effective));
        }
        streams.forEach(kept ->
                console.printPlain("%s  %d events, %d pictures".formatted(kept.stream(), kept.events(), kept.pictures())
                        + kept.first().map(first -> ", " + first).orElse("")
                        + kept.last().map(last -> " to " + last).orElse("")
                        + unreadable(kept.unreadable())));
        return ExitCode.OK;
    }

    private static String unreadable(long lines) {
        return lines == 0 ? "" : "; lines of its chain that cannot be read: " + lines;
    }

    private static String nothing(Settings settings) {
        return "there is no evidence in " + settings.dataDirectory()
                + (settings.verdict().evidence() ? "" : "; it is kept when verdict.evidence is true");
    }

    /** Fails when there is no evidence of a stream, whose id was probably mistyped. */
    private void requireKept(EvidenceFolder folder, Settings settings, String stream) throws IOException {
        if (!folder.has(stream)) {
            List<String> ids =
                    folder.streams().stream().map(EvidenceFolder.Kept::stream).toList();
            throw new CommandFailure(
                    ids.isEmpty()
                            ? nothing(settings)
                            : "there is no evidence of a stream " + stream + "; there is of " + String.join(", ", ids));
        }
    }

    /** {@code unmask evidence erase}. */
    @Command(
            name = "erase",
            mixinStandardHelpOptions = true,
            versionProvider = Versions.class,
            description = {
                "Erases pictures for good. Events stay, and the chain can still be verified: it says which pictures were erased,"
                        + " when and why.",
                "Pictures that were kept with labels or for review are not erased."
            })
    int erase(
            @Mixin SettingsOptions settings,
            @Option(names = "--stream", paramLabel = "ID", description = "Erase pictures of this stream alone.")
                    Optional<String> stream,
            @Option(
                            names = "--before",
                            paramLabel = "TIME",
                            description =
                                    "Erase pictures kept before this time, as in 2026-05-01T00:00:00Z; default: now.")
                    Optional<String> before,
            @Option(
                            names = "--why",
                            paramLabel = "TEXT",
                            required = true,
                            description = "The reason, which the chain keeps.")
                    String why)
            throws IOException {
        if (stream.isEmpty() && before.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "give --stream, --before, or both: else all would go");
        }
        Settings effective = settings.load(Map.of());
        EvidenceFolder folder = folder(effective);
        if (stream.isPresent()) {
            requireKept(folder, effective, stream.get());
        }
        int erased = folder.erase(stream, before.map(this::time).orElse(clock.instant()), why);
        console.printPlain(erased + " pictures erased");
        return ExitCode.OK;
    }

    private Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new ParameterException(
                    spec.commandLine(), "--before = " + text + ": must be a time as in 2026-05-01T00:00:00Z");
        }
    }

    /** {@code unmask evidence export}. */
    @Command(
            name = "export",
            mixinStandardHelpOptions = true,
            versionProvider = Versions.class,
            description = {
                "Writes all evidence of a stream into a signed file that 'unmask verify' verifies anywhere: events, pictures,"
                        + " a report, the models' digests."
            })
    int export(
            @Mixin SettingsOptions settings,
            @Parameters(paramLabel = "STREAM", description = "Its id, as events name it.") String stream,
            @Parameters(paramLabel = "FILE", description = "New ZIP file.") Path file)
            throws IOException {
        Settings effective = settings.load(Map.of());
        EvidenceFolder folder = folder(effective);
        requireKept(folder, effective, stream);
        if (Files.exists(file)) {
            throw new FileAlreadyExistsException(file.toString());
        }
        List<Verdict> verdicts = new ArrayList<>();
        folder.verdicts(stream, verdict -> verdicts.add(Report.essence(verdict)));
        byte[] report = report(effective, verdicts);
        AtomicLong unreadable = new AtomicLong();
        shutdown.willBeAsked();
        try {
            WholeFile.write(file, out -> unreadable.set(folder.export(stream, report, new UntilStopped(out))));
        } catch (InterruptedIOException e) {
            throw new CommandFailure(ExitCode.INTERRUPTED, file + ": not written; " + e.getMessage(), e);
        } catch (IOException e) {
            throw CommandFailure.ofWriting(file, e);
        }
        console.printPlain(file + ": evidence of " + stream + unreadable(unreadable.get()));
        return ExitCode.OK;
    }

    /** Fails to write once the user has asked the command to stop. */
    private final class UntilStopped extends FilterOutputStream {
        UntilStopped(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            if (shutdown.isRequested()) {
                throw new InterruptedIOException("stopped");
            }
            out.write(bytes, from, count);
        }
    }

    private EvidenceFolder folder(Settings settings) {
        return new EvidenceFolder(settings.dataDirectory(), clock);
    }

    private byte[] report(Settings settings, List<Verdict> verdicts) throws IOException {
        if (verdicts.isEmpty()) {
            throw new CommandFailure("no verdict of that stream was kept as evidence");
        }
        Verdict last = verdicts.get(verdicts.size() - 1);
        StringWriter text = new StringWriter();
        new Report(card(settings, last.model().digest()), Versions.unmask(), "as each event says", clock)
                .write(sources(verdicts), text);
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** One source for each session and model: each session numbers its faces anew, and each model has its own verdicts. */
    private static List<Report.Source> sources(List<Verdict> verdicts) {
        Map<List<String>, List<Verdict>> apart = verdicts.stream()
                .collect(Collectors.groupingBy(
                        verdict -> List.of(
                                verdict.stream().session(), verdict.model().digest()),
                        LinkedHashMap::new,
                        Collectors.toList()));
        return apart.values().stream().map(of -> source(of, apart.size() > 1)).toList();
    }

    private static Report.Source source(List<Verdict> verdicts, boolean isOneOfSeveral) {
        Verdict last = verdicts.get(verdicts.size() - 1);
        String session = "session " + last.stream().session() + ", judged by "
                + last.model().name() + " " + last.model().version();
        return new Report.Source(
                last.stream().uri(),
                isOneOfSeveral ? session : "",
                last.stream().digest(),
                Duration.ofNanos(last.span().endMicros() * 1000),
                last.coverage(),
                Optional.empty(),
                verdicts,
                // Empty: the pictures are beside the report.
                new Snapshots(1));
    }

    /** The card of the model with this digest, which the report describes. */
    private static ModelCard card(Settings settings, String digest) {
        return Stream.concat(
                        Stream.of(ServingModel.directory(settings).card()),
                        new ModelShelf(settings.dataDirectory()).list().stream().map(ModelShelf.Installed::card))
                .filter(card -> card.digest().equals(digest))
                .findFirst()
                .or(() -> ServingModel.unpacked(settings, digest))
                .orElseThrow(() -> new CommandFailure("the model of digest " + digest
                        + " that judged is not here: name it by -D model.directory=DIR"));
    }
}

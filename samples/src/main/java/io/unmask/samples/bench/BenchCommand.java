package io.unmask.samples.bench;

import io.unmask.config.PrivateFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code unmask bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Measures unmask beside what one would take instead, in turn, on the same file and with as many threads.",
            "A ratio above 1 says that unmask is faster. Only ratios travel from one machine to another."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every row was measured, whether it reached its mark or not",
            "1:a row failed",
            "2:usage",
            "130:stopped by Ctrl-C; the rows that were measured until then are shown"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  unmask bench --list",
            "  unmask bench --only decode-720p --pairs 9",
            "  unmask bench --file interview.mp4 --format json",
            "  unmask bench --all --format markdown > table.md"
        })
public final class BenchCommand implements Callable<Integer> {
    private static final int FAILURE = 1;
    private static final int INTERRUPTED = 130;

    private final Consumer<Runnable> onStop;
    private volatile boolean stopped;

    @Spec
    private CommandSpec spec;

    @ArgGroup
    private Which which = new Which();

    private static final class Which {
        @Option(names = "--all", description = "Measure every row; takes half an hour.")
        private boolean all;

        @Option(names = "--only", paramLabel = "ROW", split = ",", description = "Measure these rows.")
        private List<String> only = List.of();

        @Option(names = "--list", description = "Name the rows and what they are measured against.")
        private boolean list;
    }

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "Measure on this video; without --only: row " + Rows.DEFAULT + ".")
    private Optional<Path> file = Optional.empty();

    @Option(
            names = "--pairs",
            paramLabel = "N",
            defaultValue = "5",
            description = "How often each side is measured, in turn with the other; default: ${DEFAULT-VALUE}.")
    private int pairs;

    @Option(names = "--threads", paramLabel = "N", description = "Threads of each side; default: one per core.")
    private Optional<Integer> threads = Optional.empty();

    @Option(
            names = "--format",
            paramLabel = "text|json|markdown",
            defaultValue = "text",
            description = "json: the last line is one object; default: text.")
    private Table.Format format;

    @Option(names = "--peer", paramLabel = "FILE", description = "The peer's script; default: samples/bench/peer.py.")
    private Optional<Path> peer = Optional.empty();

    /** @param onStop is given the action that ends a run soon, to be called on another thread */
    public BenchCommand(Consumer<Runnable> onStop) {
        this.onStop = onStop;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (which.list) {
            Rows.ALL.forEach(row -> out().printf("%-20s %s%n", row.name(), row.what()));
            out().flush();
            return 0;
        }
        require(pairs >= 1, "--pairs " + pairs + ": must be 1 or more");
        int threadsASide = threads.orElse(Machine.cores());
        require(threadsASide >= 1, "--threads " + threadsASide + ": must be 1 or more");
        require(file.isEmpty() || Files.isRegularFile(file.get()), "--file " + file.orElse(null) + ": no such file");
        List<Row> rows = rows();
        Thread measuring = Thread.currentThread();
        onStop.accept(() -> stop(measuring));
        Path work = Files.createTempDirectory("unmask-bench-");
        try {
            List<Result> results = measure(rows, bench(work, threadsASide));
            // A row that did not react to its interruption leaves it pending, and then no file could be read.
            Thread.interrupted();
            new Table(Machine.describe(), threadsASide, results).lines(format).forEach(out()::println);
            out().flush();
            boolean failed =
                    results.stream().anyMatch(result -> result.failure().isPresent());
            return stopped ? INTERRUPTED : failed ? FAILURE : 0;
        } catch (InterruptedException e) {
            if (!stopped) {
                throw e;
            }
            return INTERRUPTED;
        } finally {
            Thread.interrupted();
            PrivateFiles.delete(work);
        }
    }

    /** Ends the child processes, too: the measuring thread reads their output to its end, and an interrupt alone does not wake it. */
    private void stop(Thread measuring) {
        stopped = true;
        measuring.interrupt();
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    }

    private List<Row> rows() {
        if (which.all) {
            return all();
        }
        require(!which.only.isEmpty() || file.isPresent(), "give --all, --only ROW, --file FILE or --list");
        List<Row> rows = new ArrayList<>();
        for (String name : which.only.isEmpty() ? List.of(Rows.DEFAULT) : which.only) {
            Optional<Row> row = Rows.named(name);
            require(row.isPresent(), "--only " + name + ": must be one of " + Rows.names());
            require(
                    file.isEmpty() || row.get().footage() == Row.Footage.ANY,
                    "--only " + name + ": does not measure on a video of yours: leave out --file");
            rows.add(row.get());
        }
        return rows;
    }

    private List<Row> all() {
        if (file.isEmpty()) {
            return Rows.ALL;
        }
        List<Row> rows = new ArrayList<>(Rows.ALL);
        rows.removeIf(row -> row.footage() == Row.Footage.GROWING);
        List<String> names = Rows.ALL.stream()
                .filter(row -> !rows.contains(row))
                .map(Row::name)
                .toList();
        tell(String.join(", ", names) + ": left out, since they measure on videos that grow and --file is one");
        return rows;
    }

    private Bench bench(Path work, int threadsASide) throws IOException, InterruptedException {
        Path home = Path.of(System.getProperty("unmask.home", ""));
        Tool ffmpeg = Tool.ffmpeg();
        Videos videos = new Videos(file, home.resolve("samples/clips"), cache(), ffmpeg);
        Path script = peer.orElse(home.resolve("samples/bench/peer.py"));
        return new Bench(pairs, threadsASide, work, home, script, videos, ffmpeg, Tool.python());
    }

    private static Path cache() {
        String folder = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
        Path caches = folder.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(folder);
        return caches.resolve("unmask/bench");
    }

    /** Measures the rows, until all are measured or the command is stopped. */
    private List<Result> measure(List<Row> rows, Bench bench) throws IOException, InterruptedException {
        List<Result> results = new ArrayList<>();
        for (Row row : rows) {
            long start = System.nanoTime();
            try {
                results.add(measure(row, bench));
            } catch (IOException | InterruptedException | RuntimeException e) {
                if (!stopped) {
                    throw e;
                }
            }
            if (stopped) {
                tell(row.name() + ": stopped");
                return results;
            }
            tell("%s: took %.0f s".formatted(row.name(), (System.nanoTime() - start) / 1e9));
        }
        return results;
    }

    private Result measure(Row row, Bench bench) throws IOException, InterruptedException {
        double busy = Machine.busyCores();
        boolean noisy = busy > Machine.NOISY * Machine.cores();
        tell(row.name() + ": " + row.what() + (noisy ? "; noisy: others use the machine" : ""));
        try {
            return new Result(row, Optional.of(row.measure(bench)), Optional.empty(), busy, noisy);
        } catch (BenchException | IOException e) {
            if (stopped) {
                throw new InterruptedException(e.getMessage());
            }
            tell(row.name() + ": " + e.getMessage());
            return new Result(row, Optional.empty(), Optional.of(e.getMessage()), busy, noisy);
        }
    }

    private void tell(String line) {
        spec.commandLine().getErr().println("unmask: " + line);
        spec.commandLine().getErr().flush();
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }
}

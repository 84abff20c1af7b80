package io.unmask.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.detector.libraries.LibraryFolder;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** A clone of the repository that was built already, with a user's folders of its own, to run commands in. */
final class BuiltClone {
    static final Path REPOSITORY = Path.of(System.getProperty("unmask.root"));

    private static final Set<String> NOT_CLONED = Set.of(".git", "target", "unmask");
    private static final int PATIENCE_SECONDS = 120;

    private final Path root;
    private final Map<String, String> environment;

    private BuiltClone(Path root, Map<String, String> environment) {
        this.root = root;
        this.environment = environment;
    }

    /** Links the sources, and the classes under test as the launcher's build would have packed them. */
    static BuiltClone at(Path root) throws IOException {
        try (Stream<Path> files = Files.list(REPOSITORY)) {
            for (Path file : files.toList()) {
                if (!NOT_CLONED.contains(file.getFileName().toString())) {
                    Files.createSymbolicLink(root.resolve(file.getFileName()), file);
                }
            }
        }
        // The launcher looks for the clone where it really lies.
        Files.copy(REPOSITORY.resolve("unmask"), root.resolve("unmask"), StandardCopyOption.COPY_ATTRIBUTES);
        Path lib = Files.createDirectories(root.resolve("target/app.test/lib"));
        for (Object entry :
                Collections.list(new StringTokenizer(System.getProperty("java.class.path"), File.pathSeparator))) {
            pack(Path.of((String) entry), lib);
        }
        // Unpacked once for all tests, since that takes seconds and most of a gigabyte.
        Path libraries = REPOSITORY.resolve("samples/target/libraries");
        Path folder = LibraryFolder.ofThisMachine().unpack(lib, libraries);
        Files.writeString(lib.resolveSibling("libraries"), folder.getFileName() + "\n");
        Files.createSymbolicLink(root.resolve("target/libraries"), libraries);
        for (String module : List.of("detector", "samples")) {
            Files.writeString(root.resolve("target/current." + module), "app.test\n");
        }
        return new BuiltClone(
                root,
                Map.of(
                        "JAVA_HOME", System.getProperty("java.home"),
                        // A test that meets a crash shows it.
                        "UNMASK_JAVA_OPTS", "-XX:+ErrorFileToStderr",
                        "UNMASK_BROKER_PORT", Integer.toString(freePort()),
                        "XDG_CONFIG_HOME", root.resolve("target/config").toString(),
                        "XDG_DATA_HOME", root.resolve("target/data").toString()));
    }

    private static void pack(Path entry, Path lib) throws IOException {
        if (entry.toString().endsWith(".jar")) {
            Files.createSymbolicLink(lib.resolve(entry.getFileName()), entry);
        } else if (entry.endsWith("classes")) {
            String module = entry.getParent().getParent().getFileName().toString();
            String jar = lib.resolve("unmask-" + module + ".jar").toString();
            int exitCode = ToolProvider.findFirst("jar")
                    .orElseThrow()
                    .run(System.out, System.err, "--create", "--file", jar, "-C", entry.toString(), ".");
            assertThat(exitCode).as("jar of " + entry).isZero();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    Path root() {
        return root;
    }

    String brokerAddress() {
        return "127.0.0.1:" + environment.get("UNMASK_BROKER_PORT");
    }

    /** Shell that gives the commands after it what the broker asks of its clients, as for a Kafka of the user's own. */
    String letIn() {
        String file = "target/data/unmask/broker/client.properties";
        return "while IFS== read -r name value; do n=${name^^}; export UNMASK_KAFKA_PROPERTIES_${n//./_}=\"$value\"; done < "
                + file + "; unset UNMASK_KAFKA_PROPERTIES_BOOTSTRAP_SERVERS; ";
    }

    record Finished(int exitCode, String out, String err) {}

    /** Runs a line of shell to its end. */
    Finished run(String line) throws IOException, InterruptedException {
        Path out = Files.createTempFile(root.resolve("target"), "out", "");
        Path err = Files.createTempFile(root.resolve("target"), "err", "");
        Process process = start(line, out, err);
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as(line + " ends")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Finished(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    Process start(String line, Path out, Path err) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of("bash", "-c", line))
                .directory(root.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("UNMASK_"));
        builder.environment().putAll(environment);
        return builder.start();
    }
}

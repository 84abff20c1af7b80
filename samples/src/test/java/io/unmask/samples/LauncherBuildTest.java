package io.unmask.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How the script {@code unmask} keeps its builds, with a Maven and a JDK that are scripts of a few lines. */
@Timeout(120)
final class LauncherBuildTest {
    private static final String MAVEN = "mkdir -p detector/target/app/lib; touch detector/target/app/lib/a.jar";

    /** Unpacks libraries, serves, or tells its encoding, as its arguments ask. */
    private static final String JAVA =
            """
            case "$*" in
              *UnpackLibraries*) mkdir -p "${@: -1}/libs"; echo libs ;;
              *ArchiveClassesAtExit*) locale charmap > "$HOME/charmap" ;;
              *serve) touch "$HOME/serves"; exec -a "$*" sleep 100 ;;
            esac
            """;

    @TempDir
    Path root;

    @BeforeEach
    void write() throws IOException {
        Files.copy(BuiltClone.REPOSITORY.resolve("unmask"), root.resolve("unmask"));
        Files.createDirectories(root.resolve(".mvn"));
        Files.createFile(root.resolve("pom.xml"));
        for (String module : List.of("config", "ingest", "model", "detector", "samples")) {
            Files.createDirectories(root.resolve(module + "/src/main"));
            Files.createFile(root.resolve(module + "/pom.xml"));
        }
        script("mvn", MAVEN);
        script("java", JAVA);
        script("javac", "echo javac 17.0.1");
    }

    @Test
    void shouldKeepABuildForAsLongAsItRuns() throws Exception {
        Process serve = start("serve");
        try {
            while (!Files.exists(root.resolve("serves"))) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
            Path first = builds().get(0);
            change();
            run("config");
            change();
            run("config");
            assertThat(first).as("it still runs").isDirectory();
            assertThat(builds()).hasSize(3);

            serve.destroy();
            serve.waitFor();
            change();
            run("config");
            assertThat(first).doesNotExist();
            assertThat(builds()).hasSize(2);
        } finally {
            serve.destroyForcibly();
        }
    }

    @Test
    void shouldReadNamesAsUtf8WhenItArchivesClasses() throws Exception {
        run("config");

        assertThat(root.resolve("charmap")).hasContent("UTF-8");
    }

    @Test
    void shouldSayThatACommandForDevelopersNeedsTheSources() throws Exception {
        for (String module : List.of("config", "ingest", "model", "detector", "samples")) {
            try (Stream<Path> files = Files.walk(root.resolve(module))) {
                for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                    Files.delete(file);
                }
            }
        }

        for (String[] line : List.of(new String[] {"bench"}, new String[] {"help", "bench"})) {
            Process process = start(line);
            assertThat(process.waitFor()).isEqualTo(1);
            assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("unmask: bench is a command for developers: it is built from a checkout of unmask's"
                            + " sources, and this is none\n");
        }
    }

    private void script(String name, String text) throws IOException {
        Path bin = Files.createDirectories(root.resolve("jdk/bin"));
        Files.writeString(bin.resolve(name), "#!/usr/bin/env bash\n" + text + "\n");
        Files.setPosixFilePermissions(bin.resolve(name), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** As if a source had been written since the last build. */
    private void change() throws IOException {
        Files.setLastModifiedTime(root.resolve("pom.xml"), FileTime.from(Instant.now()));
    }

    private List<Path> builds() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("target"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("app."))
                    .toList();
        }
    }

    private void run(String... arguments) throws Exception {
        Process process = start(arguments);
        String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(told).isZero();
    }

    private Process start(String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Stream.concat(Stream.of("bash", root.resolve("unmask").toString()), Stream.of(arguments))
                                .toList())
                .redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("LC_"));
        builder.environment().put("LANG", "C.UTF-8");
        builder.environment().put("HOME", root.toString());
        builder.environment().put("JAVA_HOME", root.resolve("jdk").toString());
        builder.environment().merge("PATH", root.resolve("jdk/bin").toString(), (path, ours) -> ours + ":" + path);
        return builder.start();
    }
}

package io.unmask.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for the repository's files, whatever is in them. */
final class RepositoryTest {
    private static final List<String> MODULES = List.of("config", "ingest", "model", "detector", "samples");

    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.*?) *$");

    @Test
    void shouldNameNoSourceFileTwice() throws IOException {
        var names = new HashMap<String, List<Path>>();
        for (String module : MODULES) {
            try (Stream<Path> files = Files.walk(BuiltClone.REPOSITORY.resolve(module + "/src/main/java"))) {
                files.filter(Files::isRegularFile)
                        .filter(file -> !file.endsWith("package-info.java"))
                        .forEach(
                                file -> names.computeIfAbsent(file.getFileName().toString(), name -> new ArrayList<>())
                                        .add(file));
            }
        }

        assertThat(names).hasSizeGreaterThan(300);
        assertThat(names.values().stream().filter(same -> same.size() > 1))
                .as("a reader who knows a name knows the file")
                .isEmpty();
    }

    /** Relative links and those within a page; addresses of other sites are not asked for. */
    @ParameterizedTest
    @MethodSource("documents")
    void shouldLinkToWhatIsThere(Path document) throws IOException {
        String text = Files.readString(BuiltClone.REPOSITORY.resolve(document));
        List<String> links = LINK.matcher(text)
                .results()
                .map(link -> link.group(1))
                .filter(link -> !link.contains(":"))
                .toList();

        assertThat(links).allSatisfy(link -> {
            String[] parts = link.split("#", 2);
            Path target = parts[0].isEmpty() ? document : document.resolveSibling(parts[0]);
            assertThat(BuiltClone.REPOSITORY.resolve(target)).exists();
            if (parts.length == 2) {
                assertThat(anchors(target)).contains(parts[1]);
            }
        });
    }

    static Stream<Path> documents() throws IOException {
        var documents = new ArrayList<Path>();
        for (String folder : List.of("", "docs", "docs/decisions", "samples", ".github", "model/src/main/resources")) {
            int depth = folder.isEmpty() || folder.equals("docs") ? 1 : Integer.MAX_VALUE;
            try (Stream<Path> files = Files.walk(BuiltClone.REPOSITORY.resolve(folder), depth)) {
                files.filter(file -> file.toString().endsWith(".md"))
                        .map(BuiltClone.REPOSITORY::relativize)
                        .filter(file -> !file.toString().contains("target/"))
                        .forEach(documents::add);
            }
        }
        return documents.stream().sorted();
    }

    /** The names that the headings of a document have in its links. */
    private static List<String> anchors(Path document) throws IOException {
        return HEADING.matcher(Files.readString(BuiltClone.REPOSITORY.resolve(document)))
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\d _-]", "")
                        .replace(' ', '-'))
                .toList();
    }

    @Test
    void shouldReadTheReadmeInAFewMinutes() throws IOException {
        assertThat(Files.readAllLines(BuiltClone.REPOSITORY.resolve("README.md")))
                .hasSizeLessThan(200);
    }

    /** The consumer is to be copied out of this repository. */
    @Test
    void shouldKeepTheExampleConsumerFreeOfUnmask() throws IOException {
        try (Stream<Path> files =
                Files.list(BuiltClone.REPOSITORY.resolve("samples/src/main/java/io/unmask/samples/consumers"))) {
            assertThat(files).isNotEmpty().allSatisfy(file -> assertThat(Files.readString(file))
                    .doesNotContain("import io.unmask"));
        }
    }

    @Test
    void shouldShowEveryPackageInTheArchitecture() throws IOException {
        String architecture = Files.readString(BuiltClone.REPOSITORY.resolve("docs/architecture.md"));
        var packages = new ArrayList<String>();
        for (String module : MODULES) {
            Path root = BuiltClone.REPOSITORY.resolve(module + "/src/main/java/io/unmask");
            try (Stream<Path> files = Files.walk(root)) {
                files.filter(file -> file.endsWith("package-info.java"))
                        .map(file ->
                                root.relativize(file.getParent()).toString().replace('/', '.'))
                        .forEach(packages::add);
            }
        }

        assertThat(packages).hasSizeGreaterThan(20).allSatisfy(name -> assertThat(architecture)
                .contains("`" + name + "`"));
    }
}

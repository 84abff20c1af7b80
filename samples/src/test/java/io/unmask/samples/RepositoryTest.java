package io.unmask.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds for the repository's files, whatever is in them. */
final class RepositoryTest {
    private static final List<String> MODULES = List.of("config", "ingest", "model", "detector", "samples");

    @Test
    void shouldNameNoSourceFileTwice() throws IOException {
        var names = new HashMap<String, List<Path>>();
        for (String module : MODULES) {
            try (Stream<Path> files = Files.walk(BuiltClone.REPOSITORY.resolve(module + "/src/main/java"))) {
                files.filter(Files::isRegularFile)
                        .filter(file -> !file.endsWith("package-info.java"))
                        .collect(
                                Collectors.groupingBy(file -> file.getFileName().toString()))
                        .forEach((name, same) -> names.merge(name, same, (a, b) -> Stream.concat(a.stream(), b.stream())
                                .toList()));
            }
        }

        assertThat(names).hasSizeGreaterThan(300).allSatisfy((name, same) -> assertThat(same)
                .as("a reader who knows the name " + name + " knows the file")
                .hasSize(1));
    }
}

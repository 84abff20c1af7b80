package io.unmask.detector;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The layers: which module sees which, and which package may touch a library. A breach is mended by moving the line to
 * where the message says, or, when the architecture is to change, by changing a rule here in a commit that says why.
 */
final class LayeringTest {
    private static final JavaClasses UNMASK = new ClassFileImporter()
            .withImportOption(new DoNotIncludeTests())
            // The model's tests are on the class path too, as model-tests.jar or model-test/, which that option does
            // not know.
            .withImportOption(location -> !location.matches(Pattern.compile(".*-tests?[./].*")))
            .importPackages("io.unmask");

    private static final String SAMPLES = "io.unmask.samples..";

    private static final String[] IO = {
        "org.bytedeco..",
        "org.tensorflow..",
        "ai.djl..",
        "com.sun.jna..",
        "org.apache.kafka..",
        "kafka..",
        "java.net.http..",
        "java.sql.."
    };

    /**
     * The packages of each module, and which others of the same module each may use. Maven itself holds the order of the
     * modules.
     */
    private static final Map<String, Set<String>> ROOMS = Map.ofEntries(
            Map.entry("ingest", Set.of("ingest.clip", "ingest.decode", "ingest.face")),
            Map.entry("ingest.clip", Set.of()),
            Map.entry("ingest.natives", Set.of()),
            Map.entry("ingest.decode", Set.of("ingest.clip", "ingest.natives")),
            Map.entry("ingest.face", Set.of("ingest.clip", "ingest.natives")),
            Map.entry("model.spec", Set.of()),
            Map.entry("model.runtime", Set.of()),
            Map.entry("model.image", Set.of()),
            Map.entry("model.page", Set.of()),
            Map.entry("model.forge", Set.of("model.image")),
            Map.entry("model.data", Set.of("model.spec", "model.image", "model.evaluate")),
            Map.entry("model.evaluate", Set.of("model.spec", "model.page")),
            Map.entry("model.calibrate", Set.of("model.spec", "model.evaluate")),
            Map.entry("model.federate", Set.of()),
            Map.entry("model.graph", Set.of("model.spec")),
            Map.entry(
                    "model.generate",
                    Set.of("model.runtime", "model.image", "model.forge", "model.data", "model.graph")),
            Map.entry("model.export", Set.of("model.spec", "model.graph")),
            Map.entry(
                    "model.train",
                    Set.of(
                            "model.spec",
                            "model.runtime",
                            "model.image",
                            "model.forge",
                            "model.data",
                            "model.evaluate",
                            "model.calibrate",
                            "model.federate",
                            "model.graph",
                            "model.export")),
            Map.entry("model.score", Set.of("model.spec", "model.runtime")),
            Map.entry("detector.verdict", Set.of()),
            Map.entry("detector.broker", Set.of()),
            Map.entry("detector.libraries", Set.of()),
            Map.entry("detector.pipeline", Set.of("detector.verdict")),
            Map.entry("detector.publish", Set.of("detector.verdict")),
            Map.entry("detector.evidence", Set.of("detector.verdict")),
            Map.entry(
                    "detector.run",
                    Set.of(
                            "detector.verdict",
                            "detector.pipeline",
                            "detector.evidence",
                            "detector.publish",
                            "detector.broker")),
            Map.entry(
                    "detector.serve",
                    Set.of(
                            "detector.verdict",
                            "detector.pipeline",
                            "detector.evidence",
                            "detector.run",
                            "detector.workers")),
            Map.entry(
                    "detector.workers",
                    Set.of(
                            "detector.verdict",
                            "detector.pipeline",
                            "detector.publish",
                            "detector.run",
                            "detector.broker")),
            Map.entry("detector.web", Set.of("detector.verdict", "detector.serve")),
            Map.entry("detector.evaluate", Set.of("detector.verdict", "detector.pipeline")),
            Map.entry("detector.federate", Set.of("detector.publish")),
            Map.entry(
                    "detector.cli",
                    Set.of(
                            "detector.run",
                            "detector.serve",
                            "detector.web",
                            "detector.evaluate",
                            "detector.federate",
                            "detector.pipeline",
                            "detector.verdict",
                            "detector.publish",
                            "detector.broker",
                            "detector.evidence",
                            "detector.libraries")));

    /**
     * A library, and the packages that alone may use it.
     *
     * @param packages of the library, as ArchUnit's patterns
     * @param owners each of which does use it
     * @param instead what others do
     */
    private record Library(String name, List<String> packages, Set<String> owners, String instead) {
        @Override
        public String toString() {
            return name;
        }
    }

    @SuppressWarnings("UnusedVariable") // a field source
    private static final List<Library> LIBRARIES = List.of(
            new Library(
                    "FFmpeg",
                    List.of("org.bytedeco.ffmpeg..", "org.bytedeco.javacv.."),
                    Set.of("ingest.decode"),
                    "ingest.decode reads videos: take a Picture or an RgbFrame from it"),
            new Library(
                    "OpenCV",
                    List.of("org.bytedeco.opencv.."),
                    Set.of("ingest.face", "model.image", "model.forge"),
                    "ingest.face finds faces, model.image and model.forge change pictures: hand an RgbFrame over"),
            new Library(
                    "JavaCPP",
                    List.of("org.bytedeco.javacpp.."),
                    Set.of(
                            "ingest.natives",
                            "ingest.decode",
                            "ingest.face",
                            "model.image",
                            "model.forge",
                            "model.runtime"),
                    "native memory does not leave the packages that work on it: copy it into an array"),
            new Library(
                    "TensorFlow",
                    List.of("org.tensorflow.."),
                    Set.of("model.graph", "model.generate", "model.train", "model.export", "model.runtime"),
                    "graphs belong in model.graph, their training in model.train, decoders in model.generate, saving in"
                            + " model.export, loading the library in model.runtime; scores come from model.score.ClipScorer, as plain arrays"),
            new Library(
                    "DJL",
                    List.of("ai.djl.."),
                    Set.of("model.score"),
                    "DJL serves models in model.score: use ClipScorer"),
            new Library(
                    "Kafka",
                    List.of("org.apache.kafka..", "kafka..", "io.cloudevents.kafka.."),
                    Set.of("detector.publish", "detector.federate", "detector.broker"),
                    "hand CloudEvents to detector.publish"),
            new Library(
                    "Kafka's clients",
                    List.of("org.apache.kafka.clients..", "io.cloudevents.kafka.."),
                    Set.of("detector.publish", "detector.federate"),
                    "hand CloudEvents to detector.publish"),
            new Library(
                    "Kafka's server",
                    List.of("kafka..", "org.apache.kafka.server..", "org.apache.kafka.metadata.."),
                    Set.of("detector.broker"),
                    "detector.broker starts and stops it"),
            new Library(
                    "databases",
                    List.of("java.sql..", "javax.sql..", "org.sqlite.."),
                    Set.of("detector.publish", "detector.serve"),
                    "the only databases are the outbox in detector.publish and the faces to review in detector.serve"),
            new Library(
                    "picocli and the progress bar",
                    List.of("picocli..", "me.tongfei.."),
                    Set.of("detector.cli"),
                    "only detector.cli reads arguments and writes to the console: hand what there is to say to a"
                            + " listener"));

    @Test
    void shouldKeepConfigPure() {
        within("io.unmask.config..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(IO)
                .because("config holds values: whoever needs the library reads the value and calls the library itself")
                .check(UNMASK);
    }

    @Test
    void shouldKeepValuesPure() {
        within(
                        "io.unmask.ingest.clip..",
                        "io.unmask.model.spec..",
                        "io.unmask.model.federate..",
                        "io.unmask.model.evaluate..",
                        "io.unmask.model.calibrate..",
                        "io.unmask.model.page..",
                        "io.unmask.detector.verdict..",
                        "io.unmask.detector.pipeline..",
                        "io.unmask.detector.evidence..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(IO)
                .because(
                        "values and decisions are tested without a video, a network or a broker: move the I/O to an edge,"
                                + " such as ingest.decode, model.score or detector.publish")
                .check(UNMASK);
    }

    /** What their package-info.java claims. */
    @Test
    void shouldKeepToolsFreeOfUnmask() {
        for (String tool : List.of("ingest.natives", "model.runtime", "model.page", "detector.libraries")) {
            within(name(tool))
                    .should()
                    .dependOnClassesThat(resideInAPackage("io.unmask..")
                            .and(resideOutsideOfPackages(name(tool), name("ingest.natives"))))
                    .because(tool + " serves any program: hand it values of the JDK")
                    .check(UNMASK);
        }
    }

    @Test
    void shouldLoadNativeLibrariesInOnePlace() {
        noClasses()
                .that()
                .resideOutsideOfPackage(name("ingest.natives"))
                .should()
                .callMethodWhere(target(owner(type(Loader.class))).and(target(nameMatching("load"))))
                .because("two threads that load libraries can wait for each other for ever: use NativeLibraries")
                .check(UNMASK);
    }

    @Test
    void shouldKeepLayersFreeOfFiles() {
        within("io.unmask.model.graph..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.nio.file..")
                .because("a layer computes: whoever reads weights hands them over as arrays")
                .check(UNMASK);
    }

    @ParameterizedTest
    @FieldSource("LIBRARIES")
    void shouldKeepALibraryWithItsOwners(Library library) {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        Stream.concat(library.owners().stream().map(LayeringTest::name), Stream.of(SAMPLES))
                                .toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(library.packages().toArray(String[]::new))
                .because(library.instead())
                .check(UNMASK);
    }

    /** An owner that no longer uses its library, or a pattern that matches nothing, is a rule that cannot fail. */
    @ParameterizedTest
    @FieldSource("LIBRARIES")
    void shouldNeedEachLibraryWhereItIsAllowed(Library library) {
        assertThat(library.owners()).allSatisfy(owner -> assertThat(uses(name(owner), library.packages()))
                .as(owner + " uses " + library)
                .isTrue());
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void shouldKeepTheRoomsOfAModuleApart(String room, Set<String> doors) {
        rule(room, doors).check(UNMASK);
    }

    /** A door that nobody uses is to be walled up. */
    @ParameterizedTest
    @MethodSource("rooms")
    void shouldNeedEachDoorBetweenRooms(String room, Set<String> doors) {
        assertThat(doors).allSatisfy(door -> assertThat(uses(name(room), List.of(name(door))))
                .as(room + " uses " + door)
                .isTrue());
    }

    @Test
    void shouldListEveryRoom() {
        Set<String> rooms = UNMASK.stream()
                .map(type -> type.getPackageName().substring("io.unmask.".length()))
                .filter(name -> !name.startsWith("config") && !name.startsWith("samples"))
                .collect(Collectors.toSet());

        assertThat(ROOMS.keySet()).isEqualTo(rooms);
    }

    @Test
    void shouldKeepTheConsoleInTheCommandLine() {
        // The launcher calls detector.libraries as a program of its own, and a decoder's process speaks by its streams.
        noClasses()
                .that()
                .resideOutsideOfPackages("io.unmask.detector.cli..", "io.unmask.detector.libraries..", SAMPLES)
                .and()
                .doNotHaveFullyQualifiedName("io.unmask.ingest.decode.DecoderProcess")
                .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
                .because("only detector.cli writes to the console: hand what there is to say to a listener")
                .check(UNMASK);
    }

    @Test
    void shouldHaveNoCycleOfPackages() {
        slices().matching("io.unmask.(*).(*)..").should().beFreeOfCycles().check(UNMASK);
    }

    private static Stream<Arguments> rooms() {
        return ROOMS.entrySet().stream().map(room -> Arguments.of(room.getKey(), room.getValue()));
    }

    private static ArchRule rule(String room, Set<String> doors) {
        String module = room.split("\\.", -1)[0];
        Set<String> closed = ROOMS.keySet().stream()
                .filter(other -> other.split("\\.", -1)[0].equals(module))
                .filter(other -> !other.equals(room) && !doors.contains(other))
                .map(LayeringTest::name)
                .collect(Collectors.toSet());
        return within(name(room))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(closed.toArray(String[]::new))
                .because(room + " knows " + doors + " of its module and nothing else of it");
    }

    private static boolean uses(String user, List<String> used) {
        return within(user)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(used.toArray(String[]::new))
                .evaluate(UNMASK)
                .hasViolation();
    }

    private static String name(String room) {
        return "io.unmask." + room;
    }

    private static GivenClassesConjunction within(String... packages) {
        return noClasses().that().resideInAnyPackage(packages);
    }
}

package io.unmask.detector;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The layers: which module sees which, and which package may touch a library. A breach is mended by moving the line to
 * where the message says, or, when the architecture is to change, by changing a rule here in a commit that says why.
 */
final class LayeringTest {
    private static final JavaClasses UNMASK = new ClassFileImporter()
            .withImportOption(new DoNotIncludeTests())
            // A whole build has the model's tests on the class path as a jar, which that option does not know.
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("io.unmask");

    private static final String CONFIG = "io.unmask.config..";
    private static final String INGEST = "io.unmask.ingest..";
    private static final String MODEL = "io.unmask.model..";
    private static final String DETECTOR = "io.unmask.detector..";
    private static final String SAMPLES = "io.unmask.samples..";

    private static final String[] KAFKA = {"org.apache.kafka..", "kafka..", "io.cloudevents.kafka.."};
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

    /** The packages of the detector, and which others of them each may use. */
    private static final Map<String, Set<String>> ROOMS = Map.ofEntries(
            Map.entry("verdict", Set.of()),
            Map.entry("broker", Set.of()),
            Map.entry("libraries", Set.of()),
            Map.entry("pipeline", Set.of("verdict")),
            Map.entry("publish", Set.of("verdict")),
            Map.entry("evidence", Set.of("verdict")),
            Map.entry("run", Set.of("verdict", "pipeline", "evidence", "publish", "broker")),
            Map.entry("serve", Set.of("verdict", "pipeline", "evidence", "run")),
            Map.entry("web", Set.of("verdict", "serve")),
            Map.entry("evaluate", Set.of("verdict", "pipeline")),
            Map.entry(
                    "cli",
                    Set.of(
                            "run",
                            "serve",
                            "web",
                            "evaluate",
                            "pipeline",
                            "verdict",
                            "publish",
                            "broker",
                            "libraries")));

    @Test
    void shouldKeepConfigBelowAllOthers() {
        within(CONFIG)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(INGEST, MODEL, DETECTOR, SAMPLES)
                .because("config stands below all others: pass it values of the JDK")
                .check(UNMASK);
    }

    @Test
    void shouldLetIngestSeeConfigOnly() {
        within(INGEST)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(MODEL, DETECTOR, SAMPLES)
                .because("ingest hands clips on and knows only config: what judges them belongs in model or detector")
                .check(UNMASK);
    }

    @Test
    void shouldLetModelSeeIngestAndConfigOnly() {
        within(MODEL)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(DETECTOR, SAMPLES)
                .because("model knows only ingest and config: what publishes or reports scores belongs in detector")
                .check(UNMASK);
    }

    @Test
    void shouldKeepSamplesOutOfTheService() {
        within(DETECTOR)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(SAMPLES)
                .because("samples use unmask as a user would: what the service needs belongs in detector")
                .check(UNMASK);
    }

    @Test
    void shouldKeepConfigPure() {
        within(CONFIG)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(IO)
                .because("config holds values: whoever needs the library reads the value and calls the library itself")
                .check(UNMASK);
    }

    @Test
    void shouldKeepJavaCvAtItsEdges() {
        outside(
                        "io.unmask.ingest.decode..",
                        "io.unmask.ingest.face..",
                        "io.unmask.model.forge..",
                        "io.unmask.model.runtime..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco..")
                .because("FFmpeg belongs in ingest.decode, OpenCV in ingest.face or model.forge, the loader of native"
                        + " libraries in model.runtime: copy what comes from them into RgbFrame or FaceBox there")
                .check(UNMASK);
    }

    @Test
    void shouldLetForgeUseOpenCvAlone() {
        within("io.unmask.model.forge..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.bytedeco.ffmpeg..", "org.bytedeco.javacv..", "org.tensorflow..", "ai.djl..")
                .because("forge works on pictures: videos are read by ingest.decode, networks run by model.graph")
                .check(UNMASK);
    }

    @Test
    void shouldLetRuntimeLoadTensorFlowAlone() {
        within("io.unmask.model.runtime..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.bytedeco.ffmpeg..", "org.bytedeco.javacv..", "org.bytedeco.opencv..", "ai.djl..")
                .because("runtime loads TensorFlow's library and does nothing else")
                .check(UNMASK);
    }

    @Test
    void shouldKeepTensorFlowInTraining() {
        outside(
                        "io.unmask.model.graph..",
                        "io.unmask.model.train..",
                        "io.unmask.model.export..",
                        "io.unmask.model.runtime..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.tensorflow..")
                .because(
                        "graphs belong in model.graph, their training in model.train, saving in model.export, loading the"
                                + " library in model.runtime; scores come from model.score.ClipScorer, as plain arrays")
                .check(UNMASK);
    }

    @Test
    void shouldKeepDjlInScoring() {
        outside("io.unmask.model.score..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.djl..")
                .because("DJL serves models in model.score: use ClipScorer")
                .check(UNMASK);
    }

    @Test
    void shouldKeepScoringOutOfTraining() {
        within("io.unmask.model.train..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.unmask.model.score..")
                .because("training and scoring meet in the files only: what both need belongs in model.spec")
                .check(UNMASK);
    }

    @Test
    void shouldKeepTrainingOutOfScoring() {
        within("io.unmask.model.score..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.unmask.model.train..")
                .because("training and scoring meet in the files only: what both need belongs in model.spec")
                .check(UNMASK);
    }

    @Test
    void shouldKeepDataBelowTrainingAndScoring() {
        within("io.unmask.model.data..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.unmask.model.train..", "io.unmask.model.score..", "io.unmask.model.graph..")
                .because("labelled faces are the same whoever reads them: batches belong in model.train, scores in"
                        + " detector.evaluate")
                .check(UNMASK);
    }

    @Test
    void shouldKeepKafkaInDelivery() {
        outside("io.unmask.detector.publish..", "io.unmask.detector.broker..", SAMPLES)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(KAFKA)
                .because(
                        "Kafka's clients belong in detector.publish, its server in detector.broker: hand CloudEvents over")
                .check(UNMASK);
    }

    @Test
    void shouldKeepDatabasesInDelivery() {
        outside("io.unmask.detector.publish..", SAMPLES)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "org.sqlite..")
                .because("the only database is the outbox in detector.publish")
                .check(UNMASK);
    }

    @Test
    void shouldKeepValuesPure() {
        within("io.unmask.ingest.clip..", "io.unmask.model.spec..", "io.unmask.detector.verdict..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(IO)
                .because(
                        "values and decisions are tested without a video, a network or a broker: move the I/O to an edge,"
                                + " such as ingest.decode, model.score or detector.publish")
                .check(UNMASK);
    }

    @ParameterizedTest
    @MethodSource("detectorPackages")
    void shouldKeepTheDetectorsRoomsApart(String room, Set<String> doors) {
        rooms(room, doors).check(UNMASK);
    }

    /** A door that nobody uses is to be walled up, and a rule that forbids nothing is none. */
    @ParameterizedTest
    @MethodSource("detectorPackages")
    void shouldNeedEachDoorBetweenTheDetectorsRooms(String room, Set<String> doors) {
        assertThat(doors).allSatisfy(door -> {
            Set<String> others = doors.stream().filter(d -> !d.equals(door)).collect(Collectors.toSet());
            assertThat(rooms(room, others).evaluate(UNMASK).hasViolation())
                    .as(room + " uses " + door)
                    .isTrue();
        });
    }

    @Test
    void shouldListEveryRoomOfTheDetector() {
        Set<String> rooms = UNMASK.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> name.startsWith("io.unmask.detector."))
                .map(name -> name.split("\\.", -1)[3])
                .collect(Collectors.toSet());

        assertThat(ROOMS.keySet()).isEqualTo(rooms);
    }

    private static Stream<Arguments> detectorPackages() {
        return ROOMS.entrySet().stream().map(room -> Arguments.of(room.getKey(), room.getValue()));
    }

    private static ArchRule rooms(String room, Set<String> doors) {
        Set<String> closed = ROOMS.keySet().stream()
                .filter(other -> !other.equals(room) && !doors.contains(other))
                .collect(Collectors.toSet());
        return within("io.unmask.detector." + room + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(closed.stream()
                        .map(name -> "io.unmask.detector." + name + "..")
                        .toArray(String[]::new))
                .because("detector." + room + " knows " + doors + " of the detector and nothing else of it")
                .allowEmptyShould(false);
    }

    @Test
    void shouldKeepTheCommandLineInItsRoom() {
        outside("io.unmask.detector.cli..", SAMPLES)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("picocli..", "me.tongfei..")
                .because("only detector.cli reads arguments and writes to the console: hand what there is to say to a"
                        + " listener")
                .check(UNMASK);
    }

    @Test
    void shouldKeepTheConsoleInTheCommandLine() {
        // The launcher calls detector.libraries as a program of its own.
        outside("io.unmask.detector.cli..", "io.unmask.detector.libraries..", SAMPLES)
                .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
                .because("only detector.cli writes to the console: hand what there is to say to a listener")
                .check(UNMASK);
    }

    @Test
    void shouldHaveNoCycleOfPackages() {
        slices().matching("io.unmask.(*).(*)..").should().beFreeOfCycles().check(UNMASK);
    }

    private static GivenClassesConjunction within(String... packages) {
        return noClasses().that().resideInAnyPackage(packages);
    }

    private static GivenClassesConjunction outside(String... packages) {
        return noClasses().that().resideOutsideOfPackages(packages);
    }
}

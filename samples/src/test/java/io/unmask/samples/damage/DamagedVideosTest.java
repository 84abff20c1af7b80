package io.unmask.samples.damage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.unmask.samples.TestSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** 500 damaged variants of a clip through one {@code unmask detect}, in a process of its own that may crash. */
@Tag("slow")
class DamagedVideosTest {
    private static final int COUNT = 500;
    private static final Duration LONGEST = Duration.ofSeconds(30);

    @TempDir
    static Path folder;

    private static int exitCode;
    private static Map<String, List<JsonNode>> eventsByVideo;

    @BeforeAll
    static void detect() throws Exception {
        Path videos = folder.resolve("videos");
        Path clip = Path.of(System.getProperty("unmask.root"), "samples", "clips", "authentic-1.mp4");
        String[] damage = {"--source", clip.toString(), "--out", videos.toString(), "--count", "" + COUNT};
        assertThat(new CommandLine(new DamageCommand()).execute(damage)).isZero();
        Path printed = folder.resolve("events.jsonl");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.unmask.detector.cli.UnmaskCommand",
                        "detect",
                        "--no-publish",
                        "--format=json",
                        "-D",
                        "data-directory=" + folder.resolve("data"),
                        videos.toString())
                .directory(folder.toFile())
                .redirectOutput(printed.toFile())
                .redirectError(folder.resolve("messages.txt").toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.MINUTES)).as("ends").isTrue();
        exitCode = process.exitValue();
        eventsByVideo = read(printed);
        System.out.println(outcomes());
    }

    @Test
    void shouldEndRegularlyWithoutACrash() throws Exception {
        assertThat(exitCode)
                .as(Files.readString(folder.resolve("messages.txt")))
                .isIn(0, 1);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString())).noneMatch(name -> name.startsWith("hs_err"));
        }
    }

    @Test
    void shouldTellTheEndOfEveryVideoInTime() {
        assertThat(eventsByVideo).hasSize(COUNT).allSatisfy((video, events) -> {
            assertThat(state(events.get(events.size() - 1))).isIn("ended", "failed");
            OffsetDateTime start =
                    OffsetDateTime.parse(events.get(0).get("time").asText());
            OffsetDateTime end = OffsetDateTime.parse(
                    events.get(events.size() - 1).get("time").asText());
            assertThat(Duration.between(start, end)).isLessThan(LONGEST);
        });
    }

    @Test
    void shouldScoreOnlyWhatWasSeenLongEnough() {
        int minFrames = TestSettings.in(folder).clip().minFrames();
        List<JsonNode> verdicts = eventsByVideo.values().stream()
                .flatMap(List::stream)
                .map(event -> event.get("data"))
                .filter(data -> data.has("verdict"))
                .toList();
        assertThat(verdicts).hasSizeGreaterThan(COUNT);
        assertThat(verdicts.stream().filter(data -> isInvented(data, minFrames)).limit(3))
                .isEmpty();
    }

    private static boolean isInvented(JsonNode data, int minFrames) {
        boolean judged = !data.get("verdict").asText().equals("not_evaluable");
        return judged
                ? !data.has("p_fake") || data.at("/face/frames_scored").asInt() < minFrames
                : data.has("p_fake") || data.get("reasons").isEmpty();
    }

    private static Map<String, List<JsonNode>> read(Path printed) throws Exception {
        ObjectMapper json = new ObjectMapper();
        Map<String, List<JsonNode>> events = new TreeMap<>();
        for (String line : Files.readAllLines(printed)) {
            JsonNode event = json.readTree(line);
            Path video = Path.of(event.at("/data/stream/uri").asText()).getFileName();
            events.computeIfAbsent(video.toString(), key -> new ArrayList<>()).add(event);
        }
        return events;
    }

    /** How often what came out, over all videos and by kind of damage. */
    private static String outcomes() {
        Map<String, Map<String, Long>> byKind = eventsByVideo.entrySet().stream()
                .collect(Collectors.groupingBy(
                        entry -> entry.getKey().replaceAll("^\\d{4}-|\\.mp4$", ""),
                        TreeMap::new,
                        Collectors.groupingBy(
                                entry -> outcome(entry.getValue()), TreeMap::new, Collectors.counting())));
        Map<String, Long> all = eventsByVideo.values().stream()
                .collect(Collectors.groupingBy(DamagedVideosTest::outcome, TreeMap::new, Collectors.counting()));
        return "all " + all + System.lineSeparator()
                + byKind.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(System.lineSeparator()));
    }

    private static String outcome(List<JsonNode> events) {
        boolean judged = events.stream().anyMatch(event -> event.at("/data").has("p_fake"));
        boolean verdict = events.stream().anyMatch(event -> event.at("/data").has("verdict"));
        String end = state(events.get(events.size() - 1));
        return (judged ? "judged" : verdict ? "not evaluable" : "no verdict") + ", " + end;
    }

    private static String state(JsonNode event) {
        return event.at("/data/state").asText();
    }
}

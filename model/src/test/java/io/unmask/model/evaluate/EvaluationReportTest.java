package io.unmask.model.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.unmask.model.score.TinyModel;
import io.unmask.model.spec.ModelCard;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EvaluationReportTest {
    private static final List<String> CONDITIONS = List.of("clean", "crf23", "crf32", "crf40", "half size");
    private static final EvaluationReport REPORT = report(samples());

    private static EvaluationReport report(List<Sample> samples) {
        var sets = List.of(
                new Trial.DataSet("studio", "a/studio", "a".repeat(64), "validation", 14, 70),
                new Trial.DataSet("street", "a/street", "b".repeat(64), "all", 26, 26));
        var unjudged = List.of(new Trial.Unjudged("street", "crf40", "dim <i>.mp4", "no_face"));
        return EvaluationReport.of(
                card(),
                0.5,
                LocalDate.of(2026, 11, 21),
                new Bootstrap(200, 0.95, 1),
                new Trial<>("unmask evaluate --data 'a & b'", sets, "ffmpeg version 5", samples, unjudged));
    }

    private static ModelCard card() {
        return new ModelCard(
                "tiny <b>&\"bold\"</b>",
                "1",
                "f".repeat(64),
                TinyModel.SPEC,
                Optional.of(TinyModel.CALIBRATION),
                Optional.empty(),
                "0".repeat(64),
                1,
                "test",
                Map.of(),
                Map.of(),
                Map.of("limits", "judges <i>brightness</i> alone"));
    }

    /** Worse the stronger the compression; splices are harder than swaps. */
    private static List<Sample> samples() {
        var random = new Random(5);
        var samples = new ArrayList<Sample>();
        for (int c = 0; c < CONDITIONS.size(); c++) {
            for (int person = 0; person < 40; person++) {
                String manipulation = person < 16 ? "" : person % 2 == 0 ? "swap" : "splice <script>";
                double strength = person < 16 ? -2 : person % 2 == 0 ? 3 : 1.4;
                double logit = 2 * (strength * (1 - 0.15 * c) + random.nextGaussian());
                String group = person % 3 == 0 ? "studio" : "street";
                samples.add(new Sample("v" + person, "p" + person, group, CONDITIONS.get(c), manipulation, "", logit));
            }
        }
        return samples;
    }

    private static Section section(EvaluationReport report, String set, String condition) {
        return report.sections().stream()
                .filter(s -> s.set().equals(set) && s.condition().equals(condition))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldMeasureEachDataSetInEachConditionAndEachManipulationInIt() {
        assertThat(REPORT.sections())
                .extracting(s -> s.set() + " " + s.condition())
                .containsExactlyElementsOf(Stream.of("studio", "street")
                        .flatMap(set -> CONDITIONS.stream().map(condition -> set + " " + condition))
                        .toList());
        Section studio = section(REPORT, "studio", "crf23");
        assertThat(studio.all().authentic() + studio.all().fake()).isEqualTo(14);
        assertThat(studio.all().persons()).isEqualTo(14);
        assertThat(studio.manipulations()).extracting(Slice::name).containsExactly("splice <script>", "swap");
        assertThat(studio.manipulations())
                .allSatisfy(s -> assertThat(s.authentic()).isEqualTo(6));
        assertThat(section(REPORT, "street", "crf40").unjudged()).isEqualTo(1);
    }

    @Test
    void shouldHoldEachValueWithinItsInterval() {
        var auc = section(REPORT, "street", "clean").all().metric("auc").orElseThrow();
        assertThat(auc.value())
                .isBetween(
                        auc.interval().orElseThrow().low(),
                        auc.interval().orElseThrow().high());
    }

    @Test
    void shouldNotClaimCertaintyFromNoFalseAlarm() {
        var clean = section(REPORT, "street", "clean").all().metric("bpcer").orElseThrow();
        assertThat(clean.value()).isZero();
        // None of 10 persons: the chance of that is 2.5 % at a rate of 30.8 %.
        assertThat(clean.interval().orElseThrow().high()).isCloseTo(0.3085, within(1e-4));
    }

    @Test
    void shouldGiveWhatIsDefinedOfOneClass() {
        var report = report(samples().stream().filter(s -> !s.fake()).toList());
        Section section = section(report, "street", "clean");
        assertThat(section.all().metrics()).containsOnlyKeys("bpcer", "log_loss", "brier", "ece");
        assertThat(section.roc()).isEmpty();
        assertThat(report.html()).contains("Undefined: needs fakes.").doesNotContain("NaN");
        assertThat(report.json()).doesNotContain("NaN");
    }

    @Test
    void shouldWriteJsonInSnakeCase() throws IOException {
        var json = new ObjectMapper().readTree(REPORT.json());
        assertThat(json.at("/sections/0/all/metrics/log_loss/value").doubleValue())
                .isEqualTo(REPORT.sections()
                        .get(0)
                        .all()
                        .metric("log_loss")
                        .orElseThrow()
                        .value());
        assertThat(json.at("/sections/0/all/metrics/log_loss/interval/low").isDouble())
                .isTrue();
        assertThat(json.at("/sections/0/confusion/fake_as_real").isInt()).isTrue();
        assertThat(json.at("/trial/samples/0/video").textValue()).isEqualTo("v0");
        assertThat(json.at("/trial/sets/1/of_files").intValue()).isEqualTo(26);
        assertThat(json.at("/model/spec/input_size").intValue()).isEqualTo(32);
        assertThat(json.at("/date").textValue()).isEqualTo("2026-11-21");
    }

    @Test
    void shouldWriteOnePageThatNeedsNothingElseAndEscapesEveryName() throws Exception {
        String html = REPORT.html();
        Files.writeString(Path.of("target", "evaluation.html"), html); // to be looked at
        assertThat(html).doesNotContain("<script", "<b>&", "<i>brightness", "http:", "https:", "src=", "<link", "url(");
        assertThat(html)
                .contains(
                        "splice &lt;script&gt;",
                        "tiny &lt;b&gt;&amp;&quot;bold&quot;",
                        "dim &lt;i&gt;.mp4",
                        "&#39;a &amp; b&#39;");
        assertThat(html.split("<svg", -1)).hasSize(1 + 4 * REPORT.sections().size());
        parseSvg(html);
    }

    private static void parseSvg(String html) throws Exception {
        for (int from = html.indexOf("<svg"); from >= 0; from = html.indexOf("<svg", from + 1)) {
            String svg = html.substring(from, html.indexOf("</svg>", from) + 6);
            var document = javax.xml.parsers.DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
            assertThat(document.getElementsByTagName("line").getLength()).isGreaterThan(9);
            assertThat(svg).doesNotContain("NaN", "Infinity");
        }
    }

    @Test
    void shouldRefuseToMeasureNothing() {
        assertThatThrownBy(() -> report(List.of())).hasMessage("there is nothing to measure: no face was judged");
    }
}

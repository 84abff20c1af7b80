package io.unmask.model.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.unmask.model.score.TinyModel;
import io.unmask.model.spec.Calibration;
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
import org.junit.jupiter.api.Test;

class EvaluationReportTest {
    private static final List<String> CONDITIONS = List.of("clean", "crf23", "crf32", "crf40", "half size");
    private static final EvaluationReport REPORT = EvaluationReport.of(
            card(Optional.of(TinyModel.CALIBRATION)),
            samples(),
            new Bootstrap(200, 0.95, 1),
            LocalDate.of(2026, 11, 21));

    private static ModelCard card(Optional<Calibration> calibration) {
        return new ModelCard(
                "tiny <b>&\"bold\"</b>",
                "1",
                "f".repeat(64),
                TinyModel.SPEC,
                calibration,
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
                samples.add(new Sample("v" + person, "p" + person, group, CONDITIONS.get(c), manipulation, logit));
            }
        }
        return samples;
    }

    @Test
    void shouldMeasureEachConditionManipulationAndGroup() {
        assertThat(REPORT.conditions()).extracting(Slice::name).containsExactlyElementsOf(CONDITIONS);
        assertThat(REPORT.manipulations()).extracting(Slice::name).containsExactly("swap", "splice <script>");
        assertThat(REPORT.groups()).extracting(Slice::name).containsExactly("studio", "street");
        assertThat(REPORT.conditions())
                .allSatisfy(s -> assertThat(s.authentic() + s.fake()).isEqualTo(40));
        assertThat(REPORT.manipulations())
                .allSatisfy(s -> assertThat(s.authentic()).isEqualTo(80));
        assertThat(REPORT.all().persons()).isEqualTo(40);
    }

    @Test
    void shouldNameTheManipulationThatPassesMostOften() {
        assertThat(REPORT.worstManipulation().name()).isEqualTo("splice <script>");
    }

    @Test
    void shouldHoldEachValueWithinItsInterval() {
        var auc = REPORT.all().metric("auc").orElseThrow();
        assertThat(auc.value())
                .isBetween(
                        auc.interval().orElseThrow().low(),
                        auc.interval().orElseThrow().high());
    }

    @Test
    void shouldNotClaimCertaintyFromNoFalseAlarm() {
        var clean = REPORT.conditions().get(0).metric("bpcer").orElseThrow();
        assertThat(clean.value()).isZero();
        // None of 16 persons: the chance of that is 2.5 % at a rate of 20.6 %.
        assertThat(clean.interval().orElseThrow().high()).isCloseTo(0.2059, within(1e-4));
    }

    @Test
    void shouldCalibrateTheRawLogits() {
        assertThat(REPORT.confusion())
                .isEqualTo(Confusion.of(
                        Scores.of(samples().stream()
                                .map(s -> s.calibrated(TinyModel.CALIBRATION))
                                .toList()),
                        0.5));
    }

    @Test
    void shouldWriteJsonInSnakeCase() throws IOException {
        var json = new ObjectMapper().readTree(REPORT.json());
        assertThat(json.at("/all/metrics/log_loss/value").doubleValue())
                .isEqualTo(REPORT.all().metric("log_loss").orElseThrow().value());
        assertThat(json.at("/all/metrics/log_loss/interval/low").isDouble()).isTrue();
        assertThat(json.at("/confusion/fake_as_real").isInt()).isTrue();
        assertThat(json.at("/model/spec/input_size").intValue()).isEqualTo(32);
        assertThat(json.at("/date").textValue()).isEqualTo("2026-11-21");
    }

    @Test
    void shouldWriteOnePageThatNeedsNothingElseAndEscapesEveryName() throws Exception {
        String html = REPORT.html();
        Files.writeString(Path.of("target", "evaluation.html"), html); // to be looked at
        assertThat(html).doesNotContain("<script", "<b>&", "<i>brightness", "http:", "https:", "src=", "<link", "url(");
        assertThat(html).contains("splice &lt;script&gt;", "tiny &lt;b&gt;&amp;&quot;bold&quot;");
        assertThat(html.split("<svg", -1)).hasSize(4);
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
    void shouldRefuseAModelThatIsNotCalibrated() {
        assertThatThrownBy(() -> EvaluationReport.of(
                        card(Optional.empty()), samples(), new Bootstrap(1, 0.9, 1), LocalDate.of(2026, 11, 21)))
                .hasMessageContaining("is not calibrated");
    }

    @Test
    void shouldRefuseASetWithoutFakes() {
        var authentic = samples().stream().filter(s -> !s.fake()).toList();
        assertThatThrownBy(() -> EvaluationReport.of(
                        card(Optional.of(TinyModel.CALIBRATION)),
                        authentic,
                        new Bootstrap(1, 0.9, 1),
                        LocalDate.of(2026, 11, 21)))
                .hasMessage("evaluation needs both classes, not 80 authentic and 0 fake clips");
    }
}

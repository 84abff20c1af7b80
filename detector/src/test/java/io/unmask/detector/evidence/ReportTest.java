package io.unmask.detector.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.clip.Coverage;
import io.unmask.ingest.clip.FaceBox;
import java.io.IOException;
import java.io.Writer;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final String NAME = "file:/videos/interview.mp4";
    private static final Document INTERVIEW = page(MadeUp.interview(NAME));

    @Test
    void shouldLeadWithTheGravestFinding() {

        assertThat(INTERVIEW.selectFirst("h1").text()).isEqualTo("interview.mp4");
        assertThat(INTERVIEW.selectFirst(".lead .verdict").text()).isEqualTo("Manipulated face likely");
        assertThat(INTERVIEW.selectFirst(".lead .finding").text())
                .isEqualTo("4 faces were found: 1 likely manipulated, 1 inconclusive, "
                        + "1 without a sign of manipulation, 1 not judged.");
    }

    @Test
    void shouldOrderFacesByGravityAndWordEachFinding() {

        assertThat(INTERVIEW.select("article.face h3").eachText())
                .containsExactly("Face 2", "Face 3", "Face 1", "Face 4");
        assertThat(INTERVIEW.select("article.face > header .verdict").eachText())
                .containsExactly(
                        "Manipulated face likely",
                        "Inconclusive",
                        "No sign of manipulation found",
                        "Could not be judged");
        assertThat(INTERVIEW.select("article.face .figure").eachText()).containsExactly("91%", "58%", "15%");
    }

    @Test
    void shouldShowNoScoreForAFaceThatCouldNotBeJudged() {
        Element face = INTERVIEW.getElementById("source-1-face-4");

        assertThat(face.select(".score")).isEmpty();
        assertThat(face.selectFirst("path.line").attr("d")).isEmpty();
        assertThat(face.text())
                .contains("Why: the face is too small in the picture.")
                .doesNotContain("NaN");
    }

    @Test
    void shouldHatchWhatWasNotJudgedAndSayWhy() {
        Element face = INTERVIEW.getElementById("source-1-face-2");

        assertThat(face.select(".timeline .unjudged")).hasSize(1);
        assertThat(face.selectFirst("figcaption").text())
                .contains("Suspect: 00:09–00:19, 00:24–00:31, 00:33–00:41")
                .contains("Not judged: 00:19–00:24 (the face is blurred)");
    }

    @Test
    void shouldBreakTheLineWhereNothingWasJudged() {
        String line = INTERVIEW
                .getElementById("source-1-face-2")
                .selectFirst("path.line")
                .attr("d");

        assertThat(line.chars().filter(character -> character == 'M')).hasSize(2);
    }

    @Test
    void shouldSayWhatTheThresholdMeans() {
        assertThat(INTERVIEW.getElementById("reading").text())
                .contains("The threshold is 62%. At this threshold about 5 in 100 authentic faces are called fake")
                .contains("calibrated on 20 November 2026")
                .contains("3.1 percentage points");
    }

    @Test
    void shouldGiveTheChartAsATableToo() {
        Element table = INTERVIEW.getElementById("source-1-face-2").selectFirst("details table");

        assertThat(table.select("tbody tr").get(1).children().stream().map(Element::text))
                .containsExactly("00:09–00:19", "Manipulated face likely", "89%", "87% to 93%", "9", "");
    }

    @Test
    void shouldNotReadSilenceAsReal() {
        Document page = page(MadeUp.landscape());

        assertThat(page.selectFirst(".lead").text())
                .contains("Could not be judged")
                .contains("No face was found, so there was nothing to judge.");
        assertThat(page.text())
                .contains("Why: no face was found in the picture.")
                .contains("Not read to its end: landscape.mkv: damaged from 00:12 on");
    }

    @Test
    void shouldTellCoverageInFrames() {
        assertThat(INTERVIEW.select("table.coverage tr").eachText())
                .containsExactly(
                        "Frames decoded 1,560",
                        "searched for faces 499 32%",
                        "with a face 401 80%",
                        "damaged, not judged 3",
                        "skipped under load, not judged 0");
    }

    @Test
    void shouldShowPicturesWithTheirOwnScores() {
        Element pictures = INTERVIEW.getElementById("source-1-face-2").selectFirst(".pictures");

        assertThat(pictures.select("img")).hasSize(6).allSatisfy(picture -> assertThat(picture.attr("src"))
                .startsWith("data:image/jpeg;base64,/9j/"));
        assertThat(pictures.select("li.highest")).hasSize(1);
        assertThat(pictures.select("li.lowest")).hasSize(1);
    }

    @Test
    void shouldEscapeWhateverNamesTheSource() {
        String name = "file:/videos/<script>alert(\"x\")&'.mp4";
        String html = MadeUp.html(withUri(MadeUp.landscape(), name), withUri(MadeUp.landscape(), name));
        Document page = Jsoup.parse(html);

        assertThat(html).doesNotContain("<script");
        assertThat(page.select("script")).isEmpty();
        assertThat(page.selectFirst("dd.code").text()).isEqualTo(name);
    }

    @Test
    void shouldAskForNothingOutsideItself() {
        Document page = page(MadeUp.interview("https://example.org/interview.mp4"));

        assertThat(page.selectFirst("meta[http-equiv=Content-Security-Policy]").attr("content"))
                .isEqualTo("default-src 'none'; style-src 'unsafe-inline'; img-src data:");
        assertThat(page.select("[src], [href]")).isNotEmpty().allSatisfy(element -> assertThat(
                        element.attr("src") + element.attr("href"))
                .matches("(?s)(#|data:).*"));
    }

    @Test
    void shouldLinkOnlyToWhatIsThere() {
        Document page = page(MadeUp.interview(NAME), MadeUp.landscape());

        assertThat(page.select("[href^=#]").eachAttr("href"))
                .allSatisfy(link -> assertThat(page.getElementById(link.substring(1)))
                        .as(link)
                        .isNotNull());
        assertThat(page.select("[id]").eachAttr("id")).doesNotHaveDuplicates();
    }

    @Test
    void shouldBeTheSameTwice() {
        assertThat(MadeUp.html(MadeUp.interview(NAME))).isEqualTo(MadeUp.html(MadeUp.interview(NAME)));
    }

    @Test
    void shouldSummariseSeveralSources() {
        Document page = page(MadeUp.landscape(), MadeUp.interview(NAME));

        assertThat(page.selectFirst("h1").text()).isEqualTo("2 videos");
        assertThat(page.selectFirst(".lead").text())
                .isEqualTo("Manipulated face likely 1 with a face that is likely manipulated, 1 could not be judged.");
        assertThat(page.select("table.ruled").first().select("tbody th").eachText())
                .containsExactly("landscape.mkv", "interview.mp4");
    }

    @Test
    void shouldStaySmallForAnHour() {
        String html = MadeUp.html(MadeUp.lecture(3600));

        assertThat(html.length()).isLessThan(300_000);
        assertThat(Jsoup.parse(html).text()).contains("Each point of the line stands for 9 clips.");
    }

    @Test
    void shouldStaySmallForManySources() {
        Report.Source[] sources = new Report.Source[100];
        Arrays.fill(sources, MadeUp.interview(NAME));

        assertThat(MadeUp.html(sources).length()).isLessThan(12_000_000);
    }

    @Test
    void shouldShowTheSameWhenVerdictsWereReducedToTheirEssence() {
        Report.Source whole = MadeUp.interview(NAME);
        Report.Source reduced = withVerdicts(
                whole, whole.verdicts().stream().map(Report::essence).toList());

        assertThat(MadeUp.html(reduced)).isEqualTo(MadeUp.html(whole));
        assertThat(reduced.verdicts())
                .flatMap(verdict -> verdict.face().map(Verdict.Face::frames).orElse(List.of()))
                .map(Verdict.Face.Frame::box)
                .hasSizeGreaterThan(100)
                .containsOnly(new FaceBox(0, 0, 0, 0));
    }

    @Test
    void shouldSayWhenARunEndedBeforeTheLastVerdict() {
        Report.Source whole = MadeUp.lecture(20);
        Report.Source cut = withVerdicts(whole, whole.verdicts().subList(0, 3));

        assertThat(page(cut).selectFirst(".lead").text()).contains("No final verdict");
    }

    @Test
    void shouldPassOnWhatTheWriterThrows() {
        Writer full = new Writer() {
            @Override
            public void write(char[] text, int offset, int length) throws IOException {
                throw new IOException("No space left on device");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Report report = new Report(MadeUp.CARD, "0.1.0", "5e", Clock.fixed(MadeUp.NOW, ZoneOffset.UTC));

        assertThatThrownBy(() -> report.write(List.of(MadeUp.landscape()), full))
                .isInstanceOf(IOException.class)
                .hasMessage("No space left on device");
    }

    @Test
    void shouldReportASourceThatYieldedNothing() {
        Report.Source empty = new Report.Source(
                "file:empty.mp4",
                "",
                Optional.empty(),
                Duration.ZERO,
                Coverage.NONE,
                Optional.of("empty.mp4: 0 bytes"),
                List.of(),
                new Snapshots(1));

        assertThat(page(empty).selectFirst(".lead").text()).contains("Could not be judged");
    }

    /** The report describes the model that judged last. */
    @Test
    void shouldKeepSessionsApartAndTellTheThresholdOfTheLastOne() {
        Report.Source camera = MadeUp.interview("https://camera/door?user=me");

        Document report = page(in("session 1", camera), in("session 2", withThreshold(camera, 0.8)));

        assertThat(report.select("section.source > h2").eachText())
                .containsExactly("door, session 1", "door, session 2");
        assertThat(report.select("dd.code").eachText()).contains("https://camera/door?user=me, session 1");
        assertThat(report.getElementById("reading").text()).contains("The threshold is 80%.");
    }

    @Test
    void shouldExplainTheMapOfForgedPartsOnlyWhereThereIsOne() {
        assertThat(page(MadeUp.landscape()).text()).doesNotContain("Where it looks forged");
    }

    private static Report.Source withUri(Report.Source source, String uri) {
        return new Report.Source(
                uri,
                "",
                source.digest(),
                source.duration(),
                source.coverage(),
                source.failure(),
                source.verdicts(),
                source.pictures());
    }

    private static Report.Source in(String session, Report.Source source) {
        return new Report.Source(
                source.uri(),
                session,
                source.digest(),
                source.duration(),
                source.coverage(),
                source.failure(),
                source.verdicts(),
                source.pictures());
    }

    private static Report.Source withThreshold(Report.Source source, double pFake) {
        return withVerdicts(
                source,
                source.verdicts().stream()
                        .map(verdict -> new Verdict(
                                verdict.id(),
                                verdict.kind(),
                                verdict.stream(),
                                verdict.sequence(),
                                verdict.span(),
                                verdict.decision(),
                                verdict.reasons(),
                                verdict.score(),
                                verdict.labels(),
                                new Verdict.Threshold(pFake, Optional.empty()),
                                verdict.face(),
                                verdict.coverage(),
                                verdict.model(),
                                verdict.evidence(),
                                verdict.timing()))
                        .toList());
    }

    private static Report.Source withVerdicts(Report.Source source, List<Verdict> verdicts) {
        return new Report.Source(
                source.uri(),
                "",
                source.digest(),
                source.duration(),
                source.coverage(),
                source.failure(),
                verdicts,
                source.pictures());
    }

    private static Document page(Report.Source... sources) {
        return Jsoup.parse(MadeUp.html(sources));
    }
}

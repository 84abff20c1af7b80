package io.unmask.detector.serve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.detector.verdict.Outcome;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.Verdicts;
import io.unmask.ingest.clip.Coverage;
import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.FaceQuality;
import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.IngestEvent.FaceClip;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.data.Manifest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReviewQueueTest {
    private static final int SIDE = 16;

    @TempDir
    Path folder;

    private final Album album = new Album(Optional.empty());

    @Test
    void shouldMakeATrainingSetOfWhatPeopleSaid() throws Exception {
        LabelStore labels = new LabelStore(folder);
        ReviewQueue reviews = new ReviewQueue(album, labels, store(), Clock.systemUTC());
        Verdict fake = announce(reviews, 0);
        Verdict authentic = announce(reviews, 1);
        Verdict unclear = announce(reviews, 2);
        assertThat(reviews.list())
                .extracting(ReviewQueue.Entry::id)
                .containsExactly(unclear.id(), authentic.id(), fake.id());

        assertThat(reviews.answer(fake.id(), ReviewQueue.Answer.FAKE, "Ada")).isTrue();
        assertThat(reviews.answer(authentic.id(), ReviewQueue.Answer.AUTHENTIC, "Ada"))
                .isTrue();
        assertThat(reviews.answer(unclear.id(), ReviewQueue.Answer.CANNOT_TELL, "Ada"))
                .isTrue();

        assertThat(reviews.answer(fake.id(), ReviewQueue.Answer.FAKE, "Ada"))
                .as("it waits no more")
                .isFalse();
        assertThat(labels.all()).extracting(LabelStore.Label::who).containsOnly("Ada");
        assertThat(labels.export(folder.resolve("export"))).isEqualTo(2);
        assertThat(Manifest.read(folder.resolve("export"), List.of("real", "fake"))
                        .rows())
                .extracting(Manifest.Row::label)
                .containsExactly("fake", "real");
    }

    @Test
    void shouldNotAskAboutFacesThatAreNotSuspect() {
        ReviewQueue reviews = new ReviewQueue(album, new LabelStore(folder), store(), Clock.systemUTC());
        Verdict real = track(3, Verdict.Decision.REAL);

        reviews.announced("door", new Outcome.Judged(real));

        assertThat(reviews.list()).isEmpty();
        assertThat(album.take(real.stream(), 1))
                .as("its pictures are let go of")
                .isEmpty();
    }

    @Test
    void shouldLoseNothingInARestart() {
        Verdict answered;
        Verdict open;
        try (ReviewStore store = store()) {
            ReviewQueue before = new ReviewQueue(album, new LabelStore(folder), store, Clock.systemUTC());
            answered = announce(before, 0);
            open = announce(before, 1);
            assertThat(before.answer(answered.id(), ReviewQueue.Answer.FAKE, "Ada"))
                    .isTrue();
        }

        try (ReviewStore store = store()) {
            ReviewQueue after = new ReviewQueue(album, new LabelStore(folder), store, Clock.systemUTC());
            assertThat(after.list()).singleElement().satisfies(entry -> {
                assertThat(entry.id()).isEqualTo(open.id());
                assertThat(entry.verdict().stream()).isEqualTo(open.stream());
                assertThat(entry.pictures()).isNotEmpty().allSatisfy(jpeg -> assertThat(jpeg)
                        .startsWith(0xff, 0xd8));
            });
            assertThat(after.answer(open.id(), ReviewQueue.Answer.AUTHENTIC, "Ada"))
                    .isTrue();
            assertThat(store.load()).isEmpty();
        }
    }

    /** A crash or a full disk leaves half a label. */
    @Test
    void shouldKeepTheOtherLabelsWhenOneIsTorn() throws Exception {
        LabelStore labels = new LabelStore(folder);
        ReviewQueue reviews = new ReviewQueue(album, labels, store(), Clock.systemUTC());
        Verdict first = announce(reviews, 0);
        Verdict second = announce(reviews, 1);
        reviews.answer(first.id(), ReviewQueue.Answer.FAKE, "Ada");
        Files.write(
                folder.resolve("labels/labels.jsonl"), "{\"id\":\"Ä".getBytes(ISO_8859_1), StandardOpenOption.APPEND);

        reviews.answer(second.id(), ReviewQueue.Answer.FAKE, "Ada");

        assertThat(labels.all()).extracting(LabelStore.Label::id).containsExactly(first.id(), second.id());
    }

    @Test
    void shouldLetOnlyTheOwnerReadFacesAndLabels() throws Exception {
        ReviewQueue reviews = new ReviewQueue(album, new LabelStore(folder), store(), Clock.systemUTC());
        reviews.answer(announce(reviews, 0).id(), ReviewQueue.Answer.FAKE, "Ada");

        try (Stream<Path> files = Files.walk(folder).skip(1)) {
            assertThat(files).hasSizeGreaterThan(3).allSatisfy(file -> assertThat(
                            PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .endsWith("------"));
        }
    }

    private ReviewStore store() {
        return ReviewStore.open(folder.resolve("reviews.sqlite"));
    }

    private Verdict announce(ReviewQueue reviews, int number) {
        Verdict suspect = track(number, Verdict.Decision.FAKE);
        reviews.announced("door", new Outcome.Judged(suspect));
        return suspect;
    }

    /** A track's verdict whose face the album has seen. */
    private Verdict track(int number, Verdict.Decision decision) {
        Verdict clip = Verdicts.fake("door", number);
        Verdict.Face face = clip.face().orElseThrow();
        FaceSample sample = new FaceSample(
                number,
                number,
                new FaceBox(0, 0, SIDE, SIDE),
                Optional.empty(),
                new FaceQuality(100, 100, 128, 1),
                new RgbFrame(SIDE, SIDE, new byte[SIDE * SIDE * 3]));
        Verdict.Face seen = new Verdict.Face(
                face.track(),
                1,
                List.of(new Verdict.Face.Frame(number, sample.box(), sample.quality(), Optional.of(0.9))),
                List.of());
        album.judged(
                clip.stream(), new FaceClip(face.track(), 0, number, number, List.of(sample), Coverage.NONE), seen);
        var unused = album.evidence(clip.stream(), face.track(), crops -> List.of());
        return new Verdict(
                clip.id(),
                Verdict.Kind.TRACK,
                clip.stream(),
                clip.sequence(),
                clip.span(),
                decision,
                clip.reasons(),
                clip.score(),
                clip.labels(),
                clip.threshold(),
                Optional.of(seen),
                clip.coverage(),
                clip.model(),
                List.of(),
                clip.timing());
    }
}

package io.unmask.detector.verdict;

import io.unmask.ingest.clip.Coverage;
import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.FaceQuality;
import io.unmask.model.spec.Calibration;
import io.unmask.model.spec.ModelSpec;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What was found about one face over one span of a stream; see {@code verdict-v1.json} for the event that carries it.
 *
 * @param id deterministic: the same stream, session, span, track, model and settings give the same id
 * @param kind about a clip or, at the end, about a whole track or stream without faces
 * @param sequence rises by one per stream and session
 * @param score present when and only when a detector judged something
 * @param labels present when and only when a model with other labels judged something
 * @param timing milliseconds by stage, as in {@code decode}, {@code score}
 */
public record Verdict(
        String id,
        Kind kind,
        Stream stream,
        long sequence,
        Span span,
        Decision decision,
        List<Reason> reasons,
        Optional<Score> score,
        Optional<Labels> labels,
        Threshold threshold,
        Optional<Face> face,
        Coverage coverage,
        Model model,
        List<Evidence> evidence,
        Map<String, Double> timing) {

    public Verdict {
        reasons = List.copyOf(reasons);
        evidence = List.copyOf(evidence);
        timing = Map.copyOf(timing);
        decision.requireFit(score.isPresent(), labels.isPresent());
        if (decision != Decision.NOT_EVALUABLE && labels.isPresent() == model.detects()) {
            throw new IllegalArgumentException("a detector tells no labels, and another model nothing else");
        }
        if (decision == Decision.NOT_EVALUABLE && reasons.isEmpty()) {
            throw new IllegalArgumentException("not evaluable without a reason");
        }
    }

    /** The span that a verdict is about. */
    public enum Kind {
        CLIP,
        TRACK
    }

    /** The outcome. */
    public enum Decision {
        FAKE,
        REAL,
        /** The most probable label of a model that is no detector. */
        LABELLED,
        INCONCLUSIVE,
        NOT_EVALUABLE;

        void requireFit(boolean scored, boolean labelled) {
            boolean fits =
                    switch (this) {
                        case FAKE, REAL -> scored && !labelled;
                        case LABELLED -> labelled && !scored;
                        case INCONCLUSIVE -> scored != labelled;
                        case NOT_EVALUABLE -> !scored && !labelled;
                    };
            if (!fits) {
                throw new IllegalArgumentException(this + (scored ? " with" : " without") + " a score, "
                        + (labelled ? "with" : "without") + " labels");
            }
        }
    }

    /** The outcome in a word, as events have it: a label where one was chosen. */
    public String outcome() {
        return decision == Decision.LABELLED
                ? labels.orElseThrow().mostProbable().label()
                : decision.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Where the pictures come from.
     *
     * @param id stable for the source, the event's Kafka key
     * @param session new each time that a live source is opened; for a file a digest of its content
     * @param uri without secrets
     */
    public record Stream(String id, String session, String uri) {
        private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

        /** SHA-256 of the file; empty for a live source and for what could not be read. */
        public Optional<String> digest() {
            return Optional.of(session).filter(text -> SHA_256.matcher(text).matches());
        }
    }

    /**
     * Presentation time in microseconds and, for live sources the capture, for files the processing, wall clock.
     *
     * @param clock whose wall clock it is; empty in events of older releases, which did not tell
     */
    public record Span(
            long startMicros, long endMicros, Instant wallStart, Instant wallEnd, Optional<WallClock> clock) {}

    /** What a span's wall clock is. */
    public enum WallClock {
        /** The sender's, told by RTCP sender reports. */
        SENDER_REPORT,
        /** This machine's, when a live picture's data came in. */
        ARRIVAL,
        /** This machine's, when a file was read. */
        PROCESSING
    }

    /**
     * @param pFake calibrated probability that the face is manipulated
     * @param logit its calibrated logit
     * @param distance absent when the model does not tell how unlike the training faces the face is
     */
    public record Score(double pFake, double logit, Calibration.Interval interval, Optional<Distance> distance) {
        /** Without a distance. */
        public Score(double pFake, double logit, Calibration.Interval interval) {
            this(pFake, logit, interval, Optional.empty());
        }
    }

    /**
     * What a model with labels of its own found.
     *
     * @param all in the model's order
     * @param interval of the most probable one's probability
     * @param distance absent when the model does not tell how unlike the training faces the face is
     */
    public record Labels(List<Label> all, Calibration.Interval interval, Optional<Distance> distance) {
        public Labels {
            all = List.copyOf(all);
        }

        /**
         * @param p calibrated probability
         * @param logit calibrated, too: the softmax of all labels' logits is their probabilities
         */
        public record Label(String label, double p, double logit) {}

        /** The most probable label; the first of several that are equally probable. */
        public Label mostProbable() {
            return all.stream()
                    .reduce((best, label) -> label.p() > best.p() ? label : best)
                    .orElseThrow();
        }
    }

    /**
     * How unlike the training faces a face is.
     *
     * @param value 1 is the mean over the training faces
     * @param limit beyond which the face is out of distribution
     */
    public record Distance(double value, double limit) {
        public boolean exceedsLimit() {
            return value > limit;
        }
    }

    /**
     * @param pFake the threshold in force; of other labels, what the most probable one must reach
     * @param expectedFpr false-alarm rate that it was set for; absent when a user set the threshold by hand
     */
    public record Threshold(double pFake, Optional<Double> expectedFpr) {}

    /**
     * The face that was judged.
     *
     * @param track counts the stream's faces from 1
     * @param framesScored frames that the decision rests on
     * @param frames by time: all of a clip's; of a track's at most {@value #MAX_FRAMES}, evenly thinned
     * @param suspect spans whose own score reaches the threshold, by time
     */
    public record Face(int track, int framesScored, List<Frame> frames, List<Suspect> suspect) {

        /** A track's event stays far below Kafka's limit of 1 MB for a message. */
        public static final int MAX_FRAMES = 256;

        public Face {
            frames = List.copyOf(frames);
            suspect = List.copyOf(suspect);
        }

        /**
         * @param pFake this frame's own calibrated score; absent when the frame was not scored by a detector
         * @param p its own probability of each label; absent when the frame was not scored by a model with other labels
         */
        public record Frame(
                long timeMicros, FaceBox box, FaceQuality quality, Optional<Double> pFake, Optional<List<Double>> p) {
            /** A detector's. */
            public Frame(long timeMicros, FaceBox box, FaceQuality quality, Optional<Double> pFake) {
                this(timeMicros, box, quality, pFake, Optional.empty());
            }

            public boolean scored() {
                return pFake.isPresent() || p.isPresent();
            }
        }

        /** Presentation time in microseconds, both ends included. */
        public record Suspect(long startMicros, long endMicros) {}
    }

    /**
     * Which model judged, and how it is calibrated.
     *
     * @param labels that it tells apart
     */
    public record Model(
            String name,
            String version,
            String digest,
            String trainingDigest,
            Calibration calibration,
            List<String> labels) {
        public Model {
            labels = List.copyOf(labels);
        }

        /** A detector. */
        public Model(String name, String version, String digest, String trainingDigest, Calibration calibration) {
            this(name, version, digest, trainingDigest, calibration, ModelSpec.DETECTOR_LABELS);
        }

        /** Whether it tells fake from real. Any other model has labels of its own. */
        public boolean detects() {
            return labels.equals(ModelSpec.DETECTOR_LABELS);
        }
    }

    /** A file that supports the verdict; pictures stay out of Kafka. */
    public record Evidence(String uri, String sha256, String mediaType) {}
}

package io.unmask.detector.evidence;

import io.unmask.detector.verdict.Reason;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/** How the report says things: one wording for each reason, number and time. */
final class Words {
    private static final long MICROS = 1_000_000;

    private Words() {}

    static String reason(Reason reason) {
        return switch (reason) {
            case NO_FACE -> "no face was found in the picture";
            case FACE_TOO_SMALL -> "the face is too small in the picture";
            case BLURRED -> "the face is blurred";
            case TOO_DARK -> "the face is too dark";
            case OVEREXPOSED -> "the face is overexposed";
            case TOO_FEW_FRAMES -> "the face is visible in too few frames";
            case TRACK_LOST -> "the face was lost from view";
            case DECODE_ERROR -> "the video is damaged here";
            case LOW_BITRATE -> "the video is too heavily compressed";
            case OUT_OF_DISTRIBUTION -> "the face is unlike those that the model has learnt from";
            case PROFILE_VIEW -> "the face is turned away from the camera";
            case STILL_PICTURE -> "a still picture: a face is judged in motion, over several frames of a video";
            case COLOUR_MAPPED ->
                "the video is of high dynamic range or a wide gamut, of which the model has seen none";
        };
    }

    static String reasons(Collection<Reason> reasons) {
        return reasons.stream().map(Words::reason).collect(Collectors.joining("; "));
    }

    /** Whole percents, but never 0 % or 100 %: no model is that certain. */
    static String percent(double share) {
        if (share < 0.01) {
            return "under 1%";
        }
        return share > 0.99 ? "over 99%" : Math.round(share * 100) + "%";
    }

    static String range(double low, double high) {
        return percent(low) + " to " + percent(high);
    }

    /** {@code 03:07}, from an hour on {@code 1:03:07}. */
    static String clock(long micros) {
        long seconds = micros / MICROS;
        long hours = seconds / 3600;
        String minutes = String.format(Locale.ROOT, "%02d:%02d", seconds / 60 % 60, seconds % 60);
        return hours == 0 ? minutes : hours + ":" + minutes;
    }

    /** {@link #clock} with tenths of a second. */
    static String moment(long micros) {
        return clock(micros) + "." + micros / (MICROS / 10) % 10;
    }

    /** A span to the tenth when it is short, else to the second. */
    static String span(long startMicros, long endMicros) {
        return endMicros - startMicros < 3 * MICROS
                ? moment(startMicros) + "–" + moment(endMicros)
                : clock(startMicros) + "–" + clock(endMicros);
    }

    /** A rate such as {@code about 5 in 100}; of 1,000 or 10,000 when it is too small to be seen in 100. */
    static String rate(double share) {
        long of = share >= 0.01 ? 100 : share >= 0.001 ? 1_000 : 10_000;
        long cases = Math.round(share * of);
        return cases == 0 ? "fewer than 1 in " + grouped(of) : "about " + cases + " in " + grouped(of);
    }

    static String count(long count, String noun) {
        return grouped(count) + " " + noun + (count == 1 ? "" : "s");
    }

    static String grouped(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }
}

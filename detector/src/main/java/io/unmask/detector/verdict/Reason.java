package io.unmask.detector.verdict;

/** Why a verdict is weak or missing. The names in lower case are the event's. */
public enum Reason {
    NO_FACE,
    FACE_TOO_SMALL,
    BLURRED,
    TOO_DARK,
    OVEREXPOSED,
    TOO_FEW_FRAMES,
    TRACK_LOST,
    DECODE_ERROR,
    LOW_BITRATE,
    OUT_OF_DISTRIBUTION,
    PROFILE_VIEW,
    STILL_PICTURE,
    COLOUR_MAPPED
}

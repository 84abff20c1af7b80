package io.unmask.detector.evaluate;

import java.util.Locale;

/** Which part of a data set is measured. */
public enum Split {
    VALIDATION,
    TEST,
    TRAIN,
    ALL;

    boolean holds(String split) {
        return this == ALL || label().equals(split);
    }

    /** As manifests write it. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}

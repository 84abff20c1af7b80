package io.unmask.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Annotations that say what a component of a settings record may hold. The loader, the JSON Schema and the reference table
 * all follow them. On an {@code Optional} or a {@code List} they apply to what is inside.
 */
final class Constraints {
    private Constraints() {}

    /** A number within two bounds, both allowed. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.RECORD_COMPONENT)
    @interface Range {
        double min() default Double.NEGATIVE_INFINITY;

        double max() default Double.POSITIVE_INFINITY;
    }

    /** A text that is one of these. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.RECORD_COMPONENT)
    @interface OneOf {
        String[] value();
    }

    /** A text that matches {@code pattern} as a whole; {@code says} tells the user so in words. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.RECORD_COMPONENT)
    @interface Matches {
        String pattern();

        String says();
    }

    /** A whole number that is a multiple of this. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.RECORD_COMPONENT)
    @interface MultipleOf {
        int value();
    }

    /** A list of at least so many items. A list without this constraint has at least one. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.RECORD_COMPONENT)
    @interface MinItems {
        int value();
    }

    /** A list in which nothing stands twice. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.RECORD_COMPONENT)
    @interface Distinct {}

    /** A list as long as that of another component of the same record. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.RECORD_COMPONENT)
    @interface OneForEach {
        String value();
    }

    /** A number not above that of another component of the same record. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.RECORD_COMPONENT)
    @interface AtMost {
        String value();
    }

    /** A number below that of another component of the same record. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.RECORD_COMPONENT)
    @interface Below {
        String value();
    }

    /** A map from keys of settings to values. Paths among them are expanded as those of the keys themselves are. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.RECORD_COMPONENT)
    @interface OfSettings {}

    /** A value that is never shown. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.RECORD_COMPONENT)
    @interface Secret {}
}

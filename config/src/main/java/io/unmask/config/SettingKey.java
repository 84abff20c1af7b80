package io.unmask.config;

import io.unmask.config.Constraints.AtMost;
import io.unmask.config.Constraints.Below;
import io.unmask.config.Constraints.Distinct;
import io.unmask.config.Constraints.Matches;
import io.unmask.config.Constraints.MinItems;
import io.unmask.config.Constraints.MultipleOf;
import io.unmask.config.Constraints.OneForEach;
import io.unmask.config.Constraints.OneOf;
import io.unmask.config.Constraints.Range;
import io.unmask.config.Constraints.Secret;
import java.lang.annotation.Annotation;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** One key: its dotted name and what it takes. */
record SettingKey(String name, Shape shape, ValueType type, RecordComponent component) {
    static final String MASK = "(secret)";

    enum Shape {
        ONE,
        OPTIONAL,
        LIST,
        MAP,
        /** A list of records, each written as a section of its own. */
        ROWS
    }

    static SettingKey of(String prefix, RecordComponent component) {
        Class<?> outer = component.getType();
        Shape shape = outer == Optional.class
                ? Shape.OPTIONAL
                : outer == List.class ? Shape.LIST : outer == Map.class ? Shape.MAP : Shape.ONE;
        Class<?> type = shape == Shape.ONE ? outer : lastArgument(component.getGenericType());
        String name = prefix + kebab(component.getName());
        return type.isRecord()
                ? new SettingKey(name, Shape.ROWS, ValueType.TEXT, component)
                : new SettingKey(name, shape, ValueType.of(type), component);
    }

    private static Class<?> lastArgument(Type type) {
        Type[] arguments = ((ParameterizedType) type).getActualTypeArguments();
        return (Class<?>) arguments[arguments.length - 1];
    }

    static String kebab(String camel) {
        return camel.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    /** A value as text; an absent optional is an empty text. */
    static String textOf(Object value) {
        return value instanceof Optional<?> optional
                ? optional.map(Object::toString).orElse("")
                : value.toString();
    }

    /** The prefix of the keys of one row, as in {@code sources[0].}. */
    String rowPrefix(int index) {
        return name + "[" + index + "].";
    }

    /** The keys of one row of a {@link Shape#ROWS} key. */
    SettingKeys<?> row(int index) {
        return rowOf(rowPrefix(index));
    }

    /** The keys of any row, named as they are below the row. */
    SettingKeys<?> row() {
        return rowOf("");
    }

    private SettingKeys<?> rowOf(String prefix) {
        return new SettingKeys<>(
                prefix, lastArgument(component.getGenericType()).asSubclass(Record.class));
    }

    boolean secret() {
        return component.isAnnotationPresent(Secret.class);
    }

    <A extends Annotation> Optional<A> constraint(Class<A> annotation) {
        return Optional.ofNullable(component.getAnnotation(annotation));
    }

    /** Key of another component of the same record. */
    String sibling(String componentName) {
        return name.substring(0, name.lastIndexOf('.') + 1) + kebab(componentName);
    }

    /** The value as the record takes it; of a map key, the value of one entry. */
    Object read(RawValue raw, PathExpansion paths) throws BadValueException {
        if (raw.isAbsent()) {
            if (shape == Shape.OPTIONAL) {
                return Optional.empty();
            }
            if (shape == Shape.LIST && minItems() == 0) {
                return List.of();
            }
            throw new BadValueException("has no value; must be " + expectation());
        }
        if (shape == Shape.LIST) {
            return readList(raw, paths);
        }
        if (raw.form() == RawValue.Form.LIST) {
            throw new BadValueException("must be " + expectation() + ", not a list");
        }
        Object value = readOne(raw.text(), paths);
        return shape == Shape.OPTIONAL ? Optional.of(value) : value;
    }

    /** Of a text, what its commas part; in brackets, as settings are shown, it may have none. */
    private static List<String> items(RawValue raw) {
        if (raw.form() == RawValue.Form.LIST) {
            return raw.items();
        }
        String text = raw.text().strip();
        boolean shown = text.startsWith("[") && text.endsWith("]");
        String inner = shown ? text.substring(1, text.length() - 1) : text;
        return shown && inner.isBlank() ? List.of() : List.of(inner.split(",", -1));
    }

    private List<Object> readList(RawValue raw, PathExpansion paths) throws BadValueException {
        List<Object> values = new ArrayList<>();
        for (String item : items(raw)) {
            values.add(readOne(item.strip(), paths));
        }
        if (values.size() < minItems()) {
            throw new BadValueException("must be " + expectation());
        }
        if (constraint(Distinct.class).isPresent() && values.stream().distinct().count() < values.size()) {
            throw new BadValueException("must not name one twice");
        }
        return List.copyOf(values);
    }

    private Object readOne(String text, PathExpansion paths) throws BadValueException {
        Object value;
        try {
            value = type.read(text, paths);
        } catch (IllegalArgumentException e) {
            throw new BadValueException("must be " + expectation());
        }
        Optional<Range> range = constraint(Range.class);
        if (range.isPresent() && !within(range.get(), ((Number) value).doubleValue())) {
            throw new BadValueException("must be " + words(range.get()));
        }
        Optional<MultipleOf> multiple = constraint(MultipleOf.class);
        if (multiple.isPresent()
                && ((Number) value).longValue() % multiple.get().value() != 0) {
            throw new BadValueException("must be " + words(multiple.get()));
        }
        Optional<OneOf> choices = constraint(OneOf.class);
        if (choices.isPresent() && !List.of(choices.get().value()).contains(text)) {
            throw new BadValueException("must be " + limits());
        }
        Optional<Matches> matches = constraint(Matches.class);
        if (matches.isPresent() && !text.matches(matches.get().pattern())) {
            throw new BadValueException("must be " + limits());
        }
        return value;
    }

    private static boolean within(Range range, double value) {
        return value >= range.min() && value <= range.max();
    }

    /** How many items a list must have. */
    int minItems() {
        return constraint(MinItems.class).map(MinItems::value).orElse(1);
    }

    /** What the key takes, as in "a whole number from 2 to 64". */
    String expectation() {
        String kind =
                switch (type) {
                    case FLAG -> type.word();
                    case TEXT -> shape == Shape.LIST ? "texts" : "a text that is not blank";
                    default -> shape == Shape.LIST ? type.word() + "s" : "a " + type.word();
                };
        String range = constraint(Range.class).map(found -> " " + words(found)).orElse("");
        String list = minItems() > 1 ? "a list of at least " + minItems() + " " : "a list of ";
        return (shape == Shape.LIST ? list : "") + kind + range;
    }

    /** The bounds of the value, empty when there are none. */
    String limits() {
        List<String> limits = new ArrayList<>();
        constraint(Range.class).ifPresent(range -> limits.add(words(range)));
        constraint(MultipleOf.class).ifPresent(multiple -> limits.add(words(multiple)));
        constraint(MinItems.class)
                .filter(least -> least.value() > 1)
                .ifPresent(least -> limits.add("at least " + least.value()));
        constraint(OneOf.class).ifPresent(choices -> limits.add("one of " + String.join(", ", choices.value())));
        constraint(Matches.class).ifPresent(matches -> limits.add(matches.says()));
        constraint(AtMost.class).ifPresent(other -> limits.add("at most " + sibling(other.value())));
        constraint(Below.class).ifPresent(other -> limits.add("below " + sibling(other.value())));
        constraint(OneForEach.class).ifPresent(other -> limits.add("one for each of " + sibling(other.value())));
        constraint(Distinct.class).ifPresent(distinct -> limits.add("none twice"));
        return String.join(", ", limits);
    }

    private static String words(MultipleOf multiple) {
        return "a multiple of " + multiple.value();
    }

    private static String words(Range range) {
        if (Double.isInfinite(range.max())) {
            return "at least " + plain(range.min());
        }
        return Double.isInfinite(range.min())
                ? "at most " + plain(range.max())
                : "from " + plain(range.min()) + " to " + plain(range.max());
    }

    static String plain(double number) {
        return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    }
}

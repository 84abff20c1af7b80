package io.unmask.detector.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a worker leaves behind of a stream holds each thing that its judges remember. */
class MemoryTest {
    private static final Set<String> GIVEN = Set.of("policy", "track", "room", "count");

    static Stream<Arguments> judges() throws ClassNotFoundException {
        return Stream.of(
                Arguments.of(TrackJudge.class, TrackJudge.Memory.class),
                Arguments.of(Class.forName(TrackJudge.class.getName() + "$Pool"), TrackJudge.PoolMemory.class),
                Arguments.of(FrameThinner.class, FrameThinner.Memory.class),
                Arguments.of(SpanReasons.class, SpanReasons.Memory.class),
                Arguments.of(CountLog.class, CountLog.Memory.class));
    }

    @ParameterizedTest
    @MethodSource("judges")
    void shouldHoldEachField(Class<?> judge, Class<?> memory) {
        Set<String> fields = Arrays.stream(judge.getDeclaredFields())
                .filter(field -> !Modifier.isStatic(field.getModifiers()))
                .map(Field::getName)
                .filter(name -> !GIVEN.contains(name))
                .collect(Collectors.toSet());

        assertThat(Arrays.stream(memory.getRecordComponents()).map(RecordComponent::getName))
                .as(
                        "a field of %s that its memory leaves out is lost when another process goes on",
                        judge.getSimpleName())
                .containsExactlyInAnyOrderElementsOf(fields);
    }
}

package io.unmask.samples.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

final class GarbageRowTest {

    @Test
    void shouldAddUpWhatTheHeapGrewByBetweenCollections() throws BenchException {
        String log =
                """
                GC(0) DefNew: 1664K(1856K)->192K(1856K) Eden: 1664K(1664K)->0K(1664K) From: 0K(192K)->192K(192K)
                GC(0) Tenured: 0K(63488K)->100K(63488K)
                GC(1) DefNew: 1856K(1856K)->10K(1856K) Eden: 1664K(1664K)->0K(1664K) From: 192K(192K)->10K(192K)
                GC(1) Tenured: 600K(63488K)->700K(63488K)
                """;

        // 1664 before the first; then 2456 where 292 were left.
        assertThat(GarbageRow.allocated(log)).isEqualTo(1024.0 * (1664 + 2456 - 292));
    }

    @Test
    void shouldRefuseAnotherCollectorsLog() {
        assertThatExceptionOfType(BenchException.class)
                .isThrownBy(() -> GarbageRow.allocated("GC(0) Eden regions: 3->0(4)"))
                .withMessageContaining("UNMASK_JAVA_OPTS");
    }
}

package io.unmask.detector.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.ingest.clip.Coverage;
import io.unmask.ingest.clip.IngestEvent;
import io.unmask.ingest.clip.IngestEvent.FacelessSpan;
import org.junit.jupiter.api.Test;

class CountLogTest {
    private final CountLog log = new CountLog(Coverage::damaged);

    @Test
    void shouldTouchTheSpanInWhichTheCountRose() {
        assertThat(log.roseIn(span(0, 2, 0))).isFalse();
        assertThat(log.roseIn(span(2, 4, 1))).isTrue();
        assertThat(log.roseIn(span(5, 7, 1))).isFalse();
    }

    @Test
    void shouldTouchALaterEventThatOverlapsThatSpan() {
        log.roseIn(span(0, 2, 0));
        log.roseIn(span(1, 3, 1));
        assertThat(log.roseIn(span(2, 4, 1))).isTrue();
        assertThat(log.roseIn(span(0, 100, 1))).isTrue();
    }

    @Test
    void shouldForgetNoSpanWhenThereAreVeryMany() {
        for (int i = 0; i < 10_000; i++) {
            log.roseIn(span(10L * i, 10L * i + 1, 0));
            assertThat(log.roseIn(span(10L * i + 2, 10L * i + 3, i + 1))).isTrue();
        }
        assertThat(log.roseIn(span(10, 13, 10_000))).isTrue();
    }

    private static IngestEvent span(long start, long end, long damaged) {
        return new FacelessSpan(start, end, new Coverage(0, 0, 0, damaged, 0, 0));
    }
}

package io.unmask.detector.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.ingest.clip.Coverage;
import io.unmask.ingest.clip.IngestEvent.FacelessSpan;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SpanReasonsTest {
    private final SpanReasons reasons = new SpanReasons();

    @Test
    void shouldTellEachReasonWhereItsCountRose() {
        assertThat(in(reasons, 0, 0, 0)).isEmpty();
        assertThat(in(reasons, 2, 0, 5)).containsExactly(Reason.COLOUR_MAPPED);
        assertThat(in(reasons, 6, 1, 5)).containsExactly(Reason.DECODE_ERROR);
        assertThat(in(reasons, 9, 2, 6)).containsExactlyInAnyOrder(Reason.DECODE_ERROR, Reason.COLOUR_MAPPED);
    }

    @Test
    void shouldGoOnFromWhatAnotherRemembered() {
        in(reasons, 0, 1, 5);

        assertThat(in(SpanReasons.of(reasons.memory()), 5, 1, 5)).isEmpty();
        assertThat(in(SpanReasons.of(reasons.memory()), 0, 1, 5))
                .containsExactlyInAnyOrder(Reason.DECODE_ERROR, Reason.COLOUR_MAPPED);
    }

    /** Of a second from the given one on, up to which so much was counted. */
    private static Set<Reason> in(SpanReasons reasons, long second, long damaged, long colourMapped) {
        return reasons.in(new FacelessSpan(
                second, second + 1, new Coverage(9, 9, 0, damaged, 0, colourMapped, 0, 0, 0, 0, List.of())));
    }
}

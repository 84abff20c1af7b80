package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrackEndTest {

    @ParameterizedTest
    @CsvSource({"00:00:01.200000000, 1200000", "01:02:03, 3723000000", "'', 0", "1.2 s, 0"})
    void shouldReadTheTimeOfADurationTag(String tag, double micros) {
        assertThat(TrackEnd.micros(tag)).isEqualTo(micros);
    }

    @Property
    void shouldReadAnyTagWithoutFailing(@ForAll String tag) {
        assertThat(TrackEnd.micros(tag)).isNotNegative();
    }
}

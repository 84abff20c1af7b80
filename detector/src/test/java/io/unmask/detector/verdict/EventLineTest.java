package io.unmask.detector.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventLineTest {
    @Test
    void shouldReadTheDataBackByteForByte() {
        byte[] data = "{\"p_fake\":1.0e-3, \"uri\":\"caf\u00e9 \\\"}\\\".mp4\" }".getBytes(StandardCharsets.UTF_8);
        CloudEvent event = CloudEventBuilder.v1(VerdictEvent.of(Verdicts.fake("clip é 1", 7)))
                .withData(data)
                .build();

        CloudEvent read = EventLine.parse(EventLine.of(event));

        assertThat(read.getData().toBytes()).isEqualTo(data);
        assertThat(read.getAttributeNames()).isEqualTo(event.getAttributeNames());
        assertThat(read.getAttributeNames())
                .allSatisfy(name -> assertThat(read.getAttribute(name)).isEqualTo(event.getAttribute(name)));
        assertThat(VerdictEvent.key(read)).isEqualTo("clip é 1");
        assertThat(VerdictEvent.sequence(read)).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{\"specversion\":\"0.3\",\"id\":\"a\",\"source\":\"/b\",\"type\":\"c\"}",
                "{\"specversion\":\"1.0\",\"source\":\"/b\",\"type\":\"c\"}",
                "{\"specversion\":\"1.0\",\"id\":\"a\",\"source\":\"/b\",\"type\":\"c\",\"data\":{\"cut\":"
            })
    void shouldRefuseALineThatIsNoEvent(String line) {
        assertThatThrownBy(() -> EventLine.parse(line.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(EventFormatException.class)
                .hasMessageStartingWith("a line of JSON is no event of ours: ");
    }
}

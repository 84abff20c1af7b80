package io.unmask.model.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.model.evaluate.ToolFamilies;
import org.junit.jupiter.api.Test;

class DesignTest {
    @Test
    void shouldNameEachDesignByAllItIs() {
        assertThat(Design.all()).hasSize(18).allSatisfy(design -> assertThat(Design.of(design.name()))
                .contains(design));
        assertThat(Design.of("shuffle-quantised-critic").orElseThrow().network().quantised())
                .isTrue();
        assertThat(Design.of("nearest")).isEmpty();
    }

    @Test
    void shouldBeOfTheFamilyOfDecodersInTables() {
        assertThat(Design.all())
                .allSatisfy(design -> assertThat(ToolFamilies.known()).containsEntry(design.name(), "decoder"));
    }
}

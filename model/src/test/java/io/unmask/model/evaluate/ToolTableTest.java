package io.unmask.model.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToolTableTest {
    @TempDir
    Path folder;

    @Test
    void shouldCountEachToolAlikeHoweverManyFacesItHas() {
        var table = ToolTable.of(List.of(part()), Map.of("swapper", "swap"), 200, 1);
        assertThat(table.tools()).extracting(ToolTable.Tool::name).containsExactly("lips", "swapper");
        assertThat(table.tools()).extracting(ToolTable.Tool::auc).containsExactly(0.5, 1.0);
        assertThat(table.tools()).extracting(ToolTable.Tool::missed).containsExactly(1.0, 0.0);
        assertThat(table.macroAuc().value()).isCloseTo(0.75, within(1e-12));
        assertThat(table.macroAuc().standardError())
                .as("two tools, as far apart as can be")
                .isBetween(0.1, 0.35);
        assertThat(table.families()).extracting(ToolTable.Family::name).containsExactly("other", "swap");
    }

    @Test
    void shouldCountFalseAlarmsOriginByOrigin() {
        var table = ToolTable.of(List.of(part()), Map.of(), 10, 1);
        assertThat(table.worstOrigins(1)).containsExactly(new ToolTable.Origin("phone", 2, 0.5));
        assertThat(table.macroFalseAlarms()).isCloseTo(0.25, within(1e-12));
    }

    @Test
    void shouldCompareFacesWithinTheirPartOnly() {
        var shifted = part().faces().stream()
                .map(face -> face.with(face.logit() + 100))
                .toList();
        var table = ToolTable.of(List.of(part(), new ToolTable.Part(shifted, 101)), Map.of(), 10, 1);
        assertThat(table.tools()).extracting(ToolTable.Tool::auc).containsExactly(0.5, 0.5, 1.0, 1.0);
    }

    @Test
    void shouldRefuseAPartOfOneClass() {
        var fakes = part().faces().stream().filter(Sample::fake).toList();
        assertThatThrownBy(() -> ToolTable.of(List.of(new ToolTable.Part(fakes, 0)), Map.of(), 10, 1))
                .hasMessageContaining("one class");
    }

    @Test
    void shouldNameTheFileThatHoldsNoScoredFaces(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("left-out.csv"), "video,\"person\nx");
        assertThatThrownBy(() -> ScoredFaces.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + ": not a file of scored faces: ");
    }

    @Test
    void shouldKeepScoredFacesInAFile() throws Exception {
        Path file = folder.resolve("left-out.csv");
        var odd = new Sample("a, \"b\"\n.mp4", "ü", "set", "clean", "", "phone", -1.5);
        var faces = new ArrayList<>(part().faces());
        faces.add(odd);
        faces.add(odd.at(Optional.of(1.25)));
        ScoredFaces.write(faces, file);
        assertThat(ScoredFaces.read(file)).isEqualTo(faces);
    }

    @Test
    void shouldKnowTheFamiliesOfTools() {
        assertThat(ToolFamilies.known()).containsEntry("SimSwap", "swap").containsEntry("Diff2Lip", "lip-sync");
    }

    /** Nine swaps above all authentic faces, one of lips among them. */
    private static ToolTable.Part part() {
        var faces = new ArrayList<Sample>();
        for (double logit : new double[] {-2, 2}) {
            faces.add(new Sample("r" + logit, "person" + logit, "set", "clean", "", "phone", logit));
        }
        for (double logit : new double[] {-3, -1}) {
            faces.add(new Sample("r" + logit, "person" + logit, "set", "clean", "", "studio", logit));
        }
        for (int i = 0; i < 9; i++) {
            faces.add(new Sample("s" + i, "swapped" + i, "set", "clean", "swapper", "", 3 + i));
        }
        faces.add(new Sample("l", "speaker", "set", "clean", "lips", "", -1.5));
        return new ToolTable.Part(faces, 1);
    }
}

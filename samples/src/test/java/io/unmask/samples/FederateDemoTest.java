package io.unmask.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.samples.BuiltClone.Finished;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demonstration of a federation, as a reader runs it: a coordinator and three sites, each a process. */
@Tag("slow")
final class FederateDemoTest {
    @TempDir
    Path folder;

    @Test
    void shouldTrainOneModelAtThreeSitesThatAreProcesses() throws Exception {
        BuiltClone clone = BuiltClone.at(folder);
        Finished finished = clone.run("samples/federate-demo --quick demo");

        assertThat(finished.exitCode()).as(finished.err()).isZero();
        assertThat(finished.out()).contains("round  state ").containsPattern("(?m)^ +1 +aggregated +3/3 +6 +mean \\d");
        for (String site : List.of("bank", "press", "video")) {
            assertThat(finished.out()).containsPattern("(?m)^" + site + ": model demo \\(\\w+\\) is in ");
            assertThat(folder.resolve("demo/" + site + "/state/model/model.json"))
                    .exists();
            assertThat(Files.readString(folder.resolve("demo/" + site + "/state/model/model.json")))
                    .contains("bank, press, video");
        }
    }

    @Test
    void shouldNotMixWithWhatIsThere() throws Exception {
        BuiltClone clone = BuiltClone.at(folder);
        Finished finished = clone.run("samples/federate-demo --quick samples");

        assertThat(finished.exitCode()).isEqualTo(2);
        assertThat(finished.err()).contains("is not empty; give a new folder");
    }
}

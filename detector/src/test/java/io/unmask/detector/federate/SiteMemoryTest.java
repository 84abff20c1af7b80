package io.unmask.detector.federate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a site knows again after a crash. */
class SiteMemoryTest {
    @TempDir
    Path folder;

    @Test
    void shouldKnowItsSecretsAndWhatItSentAndRevealedInThisRoundAlone() throws Exception {
        SiteMemory before = SiteMemory.in(folder, "faces");
        before.enter(1, true);
        before.update(new byte[] {1, 2, 3});
        before.sent();
        before.revealing(List.of("bank", "press"));

        SiteMemory after = SiteMemory.in(folder, "faces");
        after.enter(1, true);
        assertThat(after.notes()).isEqualTo(before.notes());
        assertThat(after.notes().current().sent()).isTrue();
        assertThat(after.notes().current().revealedFor()).containsExactly("bank", "press");
        assertThat(after.update()).as("what is sent again is the same").hasValue(new byte[] {1, 2, 3});

        after.enter(2, true);
        assertThat(after.notes().current().publicMaskKey())
                .isNotEqualTo(before.notes().current().publicMaskKey());
        assertThat(after.notes().current().sent()).isFalse();
        assertThat(after.notes().current().revealedFor()).isEmpty();
        assertThat(after.update()).isEmpty();
    }

    @Test
    void shouldNameAFileThatWasCutAndAFolderOfAnotherFederation() throws Exception {
        SiteMemory.in(folder, "faces").enter(1, false);
        assertThatThrownBy(() -> SiteMemory.in(folder, "voices"))
                .isInstanceOf(FederationException.Refused.class)
                .hasMessageContaining("this folder is of federation faces; give another --state for voices");
        Path notes = folder.resolve("site.json");
        Files.writeString(notes, Files.readString(notes).substring(0, 20));
        assertThatThrownBy(() -> SiteMemory.in(folder, "faces"))
                .hasMessageContaining("site.json: cannot be read; remove it, and the site begins this round anew");
    }
}

package io.unmask.detector.federate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
    void shouldGoOnFromNotesThatDoNotSayWhichModelWasJudged() throws Exception {
        Files.writeString(
                folder.resolve("site.json"),
                """
                {"federation": "faces", "coordinator_key": "KEY", "round": 2, "mask_key": "", "public_mask_key": "",
                "seed": "", "sent": true, "revealed_for": ["bank", "press"], "taken": 0.75, "taken_round": 1}
                """);

        SiteMemory memory = SiteMemory.in(folder, "faces");
        assertThat(memory.coordinatorKey()).hasValue("KEY");
        assertThat(memory.notes().current())
                .isEqualTo(new SiteMemory.Current(2, "", "", "", true, List.of("bank", "press")));
        assertThat(memory.notes().models()).isEqualTo(new SiteMemory.Models(Optional.empty(), Optional.of(0.75), 1));

        memory.judged(new SiteMemory.Models(Optional.of("digest"), Optional.of(0.8), 2), Optional.of(new float[] {1}));
        assertThat(SiteMemory.in(folder, "faces").notes()).isEqualTo(memory.notes());
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
                .hasMessageContaining("site.json: cannot be read; remove it, and the site joins the next round"
                        + " as if it had taken no model, of the first coordinator that it meets");
    }
}

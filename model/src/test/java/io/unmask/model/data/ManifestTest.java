package io.unmask.model.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestTest {
    @TempDir
    Path folder;

    private static Manifest read(Path data) throws IOException {
        return Manifest.read(data, List.of("real", "fake"));
    }

    @Test
    void shouldReadRowsOnceWithWhatTheyLeaveOut() throws Exception {
        files("a.jpg", "b.jpg");
        var manifest = read(csv(
                "path,label,person,split,weight,margin",
                "a.jpg,real,ann,train,2.5,1.25",
                "b.jpg,fake,,,,",
                "b.jpg,fake,,,,"));

        assertThat(manifest.rows()).hasSize(2);
        var first = manifest.rows().get(0);
        assertThat(first.group()).isEqualTo("ann");
        assertThat(first.weight()).isEqualTo(2.5);
        assertThat(first.margin()).isEqualTo(1.25);
        var second = manifest.rows().get(1);
        assertThat(second.group()).as("a file without a group is its own").isEqualTo("b.jpg");
        assertThat(second.split()).isIn(Manifest.TRAIN, Manifest.VALIDATION);
        assertThat(second.weight()).isEqualTo(1);
        assertThat(second.margin()).isEqualTo(1);
    }

    @Test
    void shouldSplitTheSameGroupAlwaysTheSameWay() throws Exception {
        files("a.jpg", "b.jpg", "c.jpg");
        var manifest = read(csv("path,label,group", "a.jpg,real,x", "b.jpg,fake,x", "c.jpg,real,x"));
        assertThat(manifest.rows())
                .extracting(Manifest.Row::split)
                .containsOnly(manifest.rows().get(0).split());
    }

    @Test
    void shouldReadTheFoldersRealAndFake() throws Exception {
        files("real/one.mp4", "fake/two.mp4", "fake/deep/three.mp4", "notes.txt");
        assertThat(read(folder).rows())
                .extracting(row -> row.label() + " " + row.name())
                .containsExactly("real real/one.mp4", "fake fake/deep/three.mp4", "fake fake/two.mp4");
    }

    @Test
    void shouldFollowLinksToFoldersAndNameOneThatCannotBeFollowed() throws Exception {
        files("elsewhere/one.mp4", "more/two.mp4", "fake/three.mp4");
        Files.createSymbolicLink(folder.resolve("real"), folder.resolve("elsewhere"));
        Files.createSymbolicLink(folder.resolve("fake/more"), folder.resolve("more"));
        assertThat(read(folder).rows())
                .extracting(Manifest.Row::name)
                .containsExactly("real/one.mp4", "fake/more/two.mp4", "fake/three.mp4");

        Files.createSymbolicLink(folder.resolve("more/loop"), folder.resolve("fake"));
        assertThatThrownBy(() -> read(folder)).isInstanceOf(IOException.class).hasMessageContaining("loop");
    }

    @Test
    void shouldNameTheManifestThatIsNoTable() throws Exception {
        Path csv = csv("path,label", "a.jpg,real,too,many");
        assertThatThrownBy(() -> read(csv)).isInstanceOf(IOException.class).hasMessageContaining(csv.toString());
    }

    @Test
    void shouldTakeTheFoldsFromAFileBesideTheManifest() throws Exception {
        files("a.jpg", "b.jpg");
        Files.writeString(folder.resolve("folds.csv"), "path,fold\nb.jpg,3\n");
        var manifest = read(csv("path,label,from", "a.jpg,real,camera", "b.jpg,fake,"));
        assertThat(manifest.rows()).extracting(Manifest.Row::fold).containsExactly("", "3");
        assertThat(manifest.rows()).extracting(Manifest.Row::origin).containsExactly("camera", "");
    }

    @Test
    void shouldNameMissingFiles() throws Exception {
        Path csv = csv("path,label", "gone.jpg,real");
        assertThatThrownBy(() -> read(csv)).isInstanceOf(IOException.class).hasMessageContaining("gone.jpg");
    }

    @Test
    void shouldRefuseAGroupOnBothSidesOfTheSplit() throws Exception {
        files("a.jpg", "b.jpg");
        Path csv = csv("path,label,group,split", "a.jpg,real,ann,train", "b.jpg,fake,ann,validation");
        assertThatThrownBy(() -> read(csv))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("[ann]")
                .hasMessageContaining("one side");
    }

    @Test
    void shouldRefuseAPersonAToolOrAnOriginInTwoFolds() throws Exception {
        files("a.jpg", "b.jpg");
        Path person = csv("path,label,person,fold", "a.jpg,real,ann,0", "b.jpg,fake,ann,1");
        assertThatThrownBy(() -> read(person))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("all files of one person or group must be in one fold")
                .hasMessageContaining("ann=[0, 1]");
        Path tool = csv("path,label,method,fold", "a.jpg,fake,swapper,0", "b.jpg,fake,swapper,1");
        assertThatThrownBy(() -> read(tool))
                .hasMessageContaining("files of one tool")
                .hasMessageContaining("swapper=[0, 1]");
        Path origin = csv("path,label,from,fold", "a.jpg,real,site,0", "b.jpg,real,site,1");
        assertThatThrownBy(() -> read(origin))
                .hasMessageContaining("files of one origin")
                .hasMessageContaining("site=[0, 1]");
        Path apart = csv("path,label,from,fold", "a.jpg,real,site,0", "b.jpg,fake,site,1");
        assertThat(read(apart).rows()).as("a fake is counted by its tool").hasSize(2);
        Path forged = csv("path,label,method,fold", "a.jpg,fake,decoder:tiny,0", "b.jpg,fake,decoder:tiny,1");
        assertThat(read(forged).rows()).as("forge draws faces of all folds").hasSize(2);
    }

    @Test
    void shouldRefuseAFolderWithNothingToLearnFrom() {
        assertThatThrownBy(() -> read(folder)).isInstanceOf(IOException.class).hasMessageContaining("real and fake");
    }

    @Test
    void shouldRefuseASplitOrAWeightThatIsNone() throws Exception {
        files("a.jpg");
        Path split = csv("path,label,split", "a.jpg,real,Dev");
        assertThatThrownBy(() -> read(split)).hasMessageContaining("dev: must be train, validation or test");
        Path weight = csv("path,label,weight", "a.jpg,real,0");
        assertThatThrownBy(() -> read(weight)).hasMessageContaining("weight 0: must be a number above 0");
    }

    @Test
    void shouldHaveADigestOfItsRows() throws Exception {
        files("a.jpg");
        String one = read(csv("path,label", "a.jpg,real")).digest();
        String same = read(csv("label,path", "real,a.jpg")).digest();
        String other = read(csv("path,label", "a.jpg,fake")).digest();
        assertThat(same).isEqualTo(one);
        assertThat(other).isNotEqualTo(one);
    }

    private void files(String... names) throws IOException {
        for (String name : names) {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, name);
        }
    }

    private Path csv(String... lines) throws IOException {
        return Files.writeString(folder.resolve("manifest.csv"), String.join("\n", lines) + "\n");
    }
}

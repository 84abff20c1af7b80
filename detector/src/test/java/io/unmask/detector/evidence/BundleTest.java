package io.unmask.detector.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.VerdictEvent;
import io.unmask.detector.verdict.Verdicts;
import io.unmask.ingest.clip.RgbFrame;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleTest {
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
    private static final byte[] REPORT = "<html>".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path data;

    private final Verdict.Stream stream = Verdicts.fake("door", 1).stream();
    private EvidenceFolder folder;
    private String first;
    private String second;

    @BeforeEach
    void keep() throws IOException {
        folder = new EvidenceFolder(data, Clock.fixed(NOW, ZoneOffset.UTC));
        first = name(folder.write(stream, 1, picture(10)));
        folder.keep(List.of(VerdictEvent.of(Verdicts.fake("door", 1)), VerdictEvent.of(Verdicts.fake("door", 2))));
        second = name(folder.write(stream, 2, picture(20)));
        folder.keep(List.of(VerdictEvent.of(Verdicts.fake("door", 3))));
    }

    @Test
    void shouldBeWholeAsItWasExported() throws IOException {
        BundleCheck.Result result = BundleCheck.check(export());

        assertThat(result.breaches()).isEmpty();
        assertThat(result.stream()).isEqualTo(stream.id());
        assertThat(result.events()).isEqualTo(3);
        assertThat(result.pictures()).isEqualTo(2);
        assertThat(result.models())
                .containsExactly(Verdicts.fake("door", 1).model().digest());
        assertThat(verdicts()).hasSize(3);
    }

    @Test
    void shouldBeWholeAfterPicturesWereErased() throws IOException {
        assertThat(folder.erase(Optional.of(stream.id()), NOW, "too early")).isZero();
        assertThat(folder.erase(Optional.of("other"), NOW.plusSeconds(1), "another's"))
                .isZero();
        assertThat(folder.erase(Optional.empty(), NOW.plusSeconds(1), "request 17"))
                .isEqualTo(2);
        assertThat(folder.erase(Optional.empty(), NOW.plusSeconds(1), "again")).isZero();

        BundleCheck.Result result = BundleCheck.check(export());

        assertThat(result.breaches()).isEmpty();
        assertThat(result.pictures()).isZero();
        assertThat(result.erased()).isEqualTo(2);
        assertThat(result.events()).isEqualTo(3);
        assertThat(data.resolve("evidence/" + stream.id())).isEmptyDirectory();
    }

    @Test
    void shouldHoldAPictureThatIsKeptAgainAfterItWasErased() throws IOException {
        folder.erase(Optional.empty(), NOW.plusSeconds(1), "request 17");
        folder.write(stream, 1, picture(10));
        assertThat(folder.erase(Optional.empty(), NOW, "none is due")).isZero();

        BundleCheck.Result result = BundleCheck.check(export());

        assertThat(result.breaches()).isEmpty();
        assertThat(result.pictures()).isEqualTo(1);
        assertThat(data.resolve("evidence/" + stream.id()).resolve(first)).exists();
    }

    @Test
    void shouldNameAChangedByte() throws IOException {
        Map<String, byte[]> parts = parts();
        String chain = text(parts, Bundle.CHAIN);
        parts.put(Bundle.CHAIN, bytes(chain.replaceFirst("inconclusive|fake", "real")));
        assertThat(breaches(parts)).containsExactly("entry 2 was changed after entry 3 was written");
    }

    @Test
    void shouldNameAChangeOfTheLastEntry() throws IOException {
        Map<String, byte[]> parts = parts();
        String chain = text(parts, Bundle.CHAIN);
        int last = chain.lastIndexOf("2026-11-29T12:00:00Z");
        parts.put(Bundle.CHAIN, bytes(chain.substring(0, last) + "2026-11-28T12:00:00Z" + chain.substring(last + 20)));
        assertThat(breaches(parts)).containsExactly("entry 5, the last one, is not the one that was signed");
    }

    @Test
    void shouldNameARemovedEvent() throws IOException {
        Map<String, byte[]> parts = parts();
        List<String> lines = text(parts, Bundle.CHAIN).lines().toList();
        parts.put(
                Bundle.CHAIN, bytes(String.join("\n", lines.get(0), lines.get(1), lines.get(3), lines.get(4)) + "\n"));
        assertThat(breaches(parts)).containsExactly("entry 3 is missing");

        parts.put(Bundle.CHAIN, bytes(String.join("\n", lines.subList(0, 3)) + "\n"));
        assertThat(breaches(parts)).contains("entries 4 to 5 are missing");
    }

    @Test
    void shouldNameASwappedPicture() throws IOException {
        Map<String, byte[]> parts = parts();
        parts.put(Bundle.PICTURES + first, picture(99).jpeg());
        parts.remove(Bundle.PICTURES + second);
        parts.put(Bundle.PICTURES + "planted.jpg", picture(98).jpeg());
        assertThat(breaches(parts))
                .containsExactly(
                        "picture " + first + " is not the one that was kept",
                        "picture " + second + " is missing, and no entry says that it was erased",
                        "picture planted.jpg belongs to no entry");
    }

    @Test
    void shouldNameAReportAndAManifestThatAreNotThoseThatWereSigned() throws IOException {
        Map<String, byte[]> parts = parts();
        parts.put(Bundle.REPORT, bytes("<html>other"));
        assertThat(breaches(parts)).containsExactly("the report is not the one that was signed");

        parts = parts();
        parts.put(Bundle.MANIFEST, bytes(text(parts, Bundle.MANIFEST).replace("2026-11-29", "2026-11-28")));
        assertThat(breaches(parts))
                .containsExactly("the signature does not match the manifest and the public key beside it");
    }

    @Test
    void shouldNamePartsThatDoNotBelongInABundle() throws IOException {
        Map<String, byte[]> parts = parts();
        parts.put("read-me.exe", bytes("planted"));
        assertThat(breaches(parts)).containsExactly("read-me.exe is no part of a bundle");

        // A ZIP file may hold one name twice, and programs differ in which of the two they show.
        parts.remove("read-me.exe");
        parts.put("report.htm_", bytes("<html>other"));
        String zip = Files.readString(zipped(parts), StandardCharsets.ISO_8859_1);
        Path twice = Files.writeString(
                data.resolve("twice.zip"), zip.replace("report.htm_", Bundle.REPORT), StandardCharsets.ISO_8859_1);
        assertThat(BundleCheck.check(twice).breaches()).contains("report.html is in the bundle twice");
    }

    @Test
    void shouldNamePartsThatCannotBeParsed() throws IOException {
        Map<String, byte[]> parts = parts();
        parts.put(Bundle.SIGNATURE, bytes("{}"));
        assertThat(breaches(parts))
                .containsExactly(
                        "signature.json cannot be read",
                        "the signature does not match the manifest and the public key beside it");

        parts = parts();
        parts.put(Bundle.MANIFEST, bytes("{\"stream\":\"door\",\"head\":\"\"}"));
        assertThat(breaches(parts)).contains("manifest.json cannot be read");

        for (String line : List.of("null", "{\"number\":1}")) {
            parts = parts();
            String chain = text(parts, Bundle.CHAIN);
            parts.put(Bundle.CHAIN, bytes(line + chain.substring(chain.indexOf('\n'))));
            assertThat(breaches(parts))
                    .contains("entry 1 cannot be read", "entry 1 was changed after entry 2 was written");
        }
    }

    @Test
    void shouldExportAChainWithADamagedLineAndNameThatLine() throws IOException {
        Path chain = data.resolve("evidence/chains/" + stream.id() + ".jsonl");
        List<String> lines = new ArrayList<>(Files.readAllLines(chain));
        lines.set(1, lines.get(1).replace("\"kind\"", "\"kin\u00fe"));
        Files.write(chain, lines, StandardCharsets.ISO_8859_1);

        assertThat(folder.streams()).singleElement().satisfies(kept -> {
            assertThat(kept.stream()).isEqualTo("door");
            assertThat(kept.events()).isEqualTo(2);
            assertThat(kept.unreadable()).isEqualTo(1);
        });
        assertThat(verdicts()).hasSize(2);
        assertThat(BundleCheck.check(export()).breaches())
                .containsExactly("entry 2 cannot be read", "entry 2 was changed after entry 3 was written");
    }

    @Test
    void shouldListAChainWithoutALineThatCanBeParsed() throws IOException {
        Files.writeString(data.resolve("evidence/chains/attic.jsonl"), "no entry\nand none\n");

        assertThat(folder.streams())
                .contains(new EvidenceFolder.Kept("attic", 0, 0, Optional.empty(), Optional.empty(), 2));
    }

    @Test
    void shouldErasePicturesOfAChainThatReplacedALongerOne() throws IOException {
        Path chain = data.resolve("evidence/chains/" + stream.id() + ".jsonl");
        folder.erase(Optional.empty(), NOW, "none is due, and the chain is read");
        long length = Files.size(chain);
        Files.move(chain, data.resolve("away.jsonl"));
        EvidenceFolder later = new EvidenceFolder(data, Clock.fixed(NOW.plusSeconds(1), ZoneOffset.UTC));
        String third = name(later.write(stream, 3, picture(30)));
        while (Files.size(chain) < length) {
            later.keep(List.of(VerdictEvent.of(Verdicts.fake("door", 4))));
        }

        assertThat(folder.erase(Optional.empty(), NOW.plusSeconds(2), "old")).isEqualTo(1);

        assertThat(data.resolve("evidence/" + stream.id()).resolve(third)).doesNotExist();
    }

    @Test
    void shouldErasePicturesOfOtherStreamsWhenOneChainCannotBeContinued() throws IOException {
        folder.write(new Verdict.Stream("attic", "s", "u"), 1, picture(30));
        Path chain = data.resolve("evidence/chains/attic.jsonl");
        Files.writeString(chain, Files.readString(chain) + "no entry\n");

        assertThatThrownBy(() -> folder.erase(Optional.empty(), NOW.plusSeconds(1), "old"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("attic.jsonl: its last line cannot be read");

        assertThat(data.resolve("evidence/" + stream.id())).isEmptyDirectory();
        assertThat(data.resolve("evidence/attic")).isNotEmptyDirectory();
    }

    /** The chain is a sparse file of 700 MB, which takes no room on the disk. */
    @Test
    void shouldErasePicturesOfAChainOfAnySize() throws IOException {
        Path chain = data.resolve("evidence/chains/" + stream.id() + ".jsonl");
        String lines = Files.readString(chain);
        try (RandomAccessFile file = new RandomAccessFile(chain.toFile(), "rw")) {
            file.seek(700 << 20);
            file.writeBytes("\n" + lines);
        }

        assertThat(folder.erase(Optional.empty(), NOW.plusSeconds(1), "old")).isEqualTo(2);

        assertThat(data.resolve("evidence/" + stream.id())).isEmptyDirectory();
    }

    @Test
    void shouldGoOnBehindALineThatACrashCutShort() throws IOException {
        Path chain = data.resolve("evidence/chains/" + stream.id() + ".jsonl");
        Files.writeString(chain, Files.readString(chain) + "{\"number\":6,\"at");

        folder.keep(List.of(VerdictEvent.of(Verdicts.fake("door", 4))));

        assertThat(BundleCheck.check(export()).breaches()).isEmpty();
        assertThat(verdicts()).hasSize(4);
    }

    private List<Verdict> verdicts() throws IOException {
        List<Verdict> verdicts = new ArrayList<>();
        folder.verdicts(stream.id(), verdicts::add);
        return verdicts;
    }

    private Path export() throws IOException {
        Path file = Files.createTempFile(data, "bundle", ".zip");
        try (OutputStream out = Files.newOutputStream(file)) {
            folder.export(stream.id(), REPORT, out);
        }
        return file;
    }

    private Map<String, byte[]> parts() throws IOException {
        Map<String, byte[]> parts = new LinkedHashMap<>();
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(export()))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                parts.put(entry.getName(), zip.readAllBytes());
            }
        }
        return parts;
    }

    private List<String> breaches(Map<String, byte[]> parts) throws IOException {
        return BundleCheck.check(zipped(parts)).breaches();
    }

    private Path zipped(Map<String, byte[]> parts) throws IOException {
        Path file = Files.createTempFile(data, "altered", ".zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> part : parts.entrySet()) {
                zip.putNextEntry(new ZipEntry(part.getKey()));
                zip.write(part.getValue());
            }
        }
        return file;
    }

    private static String text(Map<String, byte[]> parts, String name) {
        return new String(parts.get(name), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String name(Verdict.Evidence evidence) {
        return evidence.uri().substring(evidence.uri().lastIndexOf('/') + 1);
    }

    private static Snapshot picture(int grey) {
        byte[] rgb = new byte[16 * 16 * 3];
        java.util.Arrays.fill(rgb, (byte) grey);
        return Snapshot.of(grey, OptionalDouble.of(0.9), new RgbFrame(16, 16, rgb));
    }
}

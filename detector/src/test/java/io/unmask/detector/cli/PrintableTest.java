package io.unmask.detector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

final class PrintableTest {

    @Test
    void shouldShowWhatWouldActOnTheTerminal() {
        assertThat(Printable.line("a\nface 1: real\u001b[2K\u009b1A.mp4"))
                .isEqualTo("a\\nface 1: real\\u001b[2K\\u009b1A.mp4");
        assertThat(Printable.line("evil\u202e4pm.exe")).isEqualTo("evil\\u202e4pm.exe");
        assertThat(Printable.line("half \ud800 and \udb40\udc41")).isEqualTo("half \\ud800 and \\udb40\\udc41");
    }

    @Test
    void shouldLeaveOtherScriptsAsTheyAre() {
        assertThat(Printable.line("Übung 東京 \ud83c\udfac.mp4")).isEqualTo("Übung 東京 \ud83c\udfac.mp4");
    }

    @Test
    void shouldNotLetANameBeMarkup() {
        String name = "@|green real|@.mp4";

        assertThat(Ansi.ON.string("@|bold " + Printable.inMarkup(name) + "|@"))
                .isEqualTo(Ansi.ON.string("@|bold \\u0040|green real|\\u0040.mp4|@"))
                .doesNotContain(Ansi.ON.string("@|green real|@"));
    }

    @Property
    void shouldNeverPrintAControl(@ForAll String text) {
        assertThat(Printable.line(text)
                        .codePoints()
                        .filter(Character::isISOControl)
                        .count())
                .isZero();
        assertThat(Printable.line(text).lines().count()).isLessThanOrEqualTo(1);
    }
}

package io.unmask.ingest.face;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.ingest.face.SearchWindows.Window;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SearchWindowsTest {
    private static final double SMALLEST = 1 / 12.0;

    @Property
    void shouldHoldEachFaceWhollyInAWindowInWhichItIsLargeEnough(
            @ForAll @IntRange(min = 64, max = 8000) int width,
            @ForAll @IntRange(min = 64, max = 8000) int height,
            @ForAll @DoubleRange(min = 0, max = 1) double size,
            @ForAll @DoubleRange(min = 0, max = 1) double across,
            @ForAll @DoubleRange(min = 0, max = 1) double down) {
        double side = 40 * Math.pow(Math.min(width, height) / 40.0, size);
        double left = across * (width - side);
        double top = down * (height - side);

        assertThat(windows(width, height))
                .anyMatch(window -> side >= window.side() * SMALLEST - 1
                        && left >= window.left() - 1
                        && top >= window.top() - 1
                        && left + side <= window.left() + window.side() + 1
                        && top + side <= window.top() + window.side() + 1);
    }

    @Test
    void shouldTakeOneWindowWhenTheWholePictureShowsTheSmallestFaceLargeEnough() {
        assertThat(windows(480, 360)).containsExactly(new Window(0, -60, 480));
    }

    @Test
    void shouldTakeMoreWindowsForALargerPicture() {
        assertThat(windows(1280, 720)).hasSize(9);
        assertThat(windows(1920, 1080)).hasSizeBetween(10, 30);
        assertThat(windows(3840, 2160)).hasSizeBetween(40, 90);
    }

    private static List<Window> windows(int width, int height) {
        return SearchWindows.levels(width, height, 40, SMALLEST).stream()
                .flatMap(List::stream)
                .toList();
    }
}

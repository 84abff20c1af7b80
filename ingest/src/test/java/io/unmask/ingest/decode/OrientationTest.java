package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.IntBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class OrientationTest {

    @Property
    void shouldSendEachPixelToAPlaceOfItsOwnWhateverTheMatrixIs(
            @ForAll @Size(9) int[] matrix,
            @ForAll @IntRange(min = 1, max = 7) int width,
            @ForAll @IntRange(min = 1, max = 7) int height) {
        Orientation orientation = Orientation.of(IntBuffer.wrap(matrix));
        int uprightWidth = orientation.swapsSides() ? height : width;
        int uprightHeight = orientation.swapsSides() ? width : height;
        boolean[] taken = new boolean[width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int to = orientation.origin(uprightWidth, uprightHeight)
                        + x * orientation.stepRight(uprightWidth)
                        + y * orientation.stepDown(uprightWidth);
                assertThat(to).isBetween(0, taken.length - 1);
                assertThat(taken[to]).isFalse();
                taken[to] = true;
            }
        }
    }

    @Test
    void shouldBeUprightWhenTheMatrixIsEmpty() {
        assertThat(Orientation.of(IntBuffer.wrap(new int[9]))).isEqualTo(Orientation.UPRIGHT);
    }
}

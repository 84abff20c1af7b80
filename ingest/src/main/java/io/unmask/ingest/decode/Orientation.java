package io.unmask.ingest.decode;

import java.nio.IntBuffer;

/**
 * How a stored picture is turned or mirrored to stand upright: pixel {@code (x, y)} goes to {@code (a*x + c*y, b*x +
 * d*y)}, moved so that the picture starts at zero. Each of the four is -1, 0 or 1.
 */
record Orientation(int a, int b, int c, int d) {
    static final Orientation UPRIGHT = new Orientation(1, 0, 0, 1);

    /**
     * The right-angled orientation nearest to a display matrix.
     *
     * @param matrix FFmpeg's nine numbers in rows {@code a b u, c d v, x y w}
     */
    static Orientation of(IntBuffer matrix) {
        long a = matrix.get(0);
        long b = matrix.get(1);
        long c = matrix.get(3);
        long d = matrix.get(4);
        boolean lengthwise = Math.abs(a) + Math.abs(d) >= Math.abs(b) + Math.abs(c);
        Orientation nearest = lengthwise
                ? new Orientation(Long.signum(a), 0, 0, Long.signum(d))
                : new Orientation(0, Long.signum(b), Long.signum(c), 0);
        return nearest.a * nearest.d == nearest.b * nearest.c ? UPRIGHT : nearest;
    }

    boolean swapsSides() {
        return a == 0;
    }

    /** Where the stored picture's first pixel goes, as an index into the upright one. */
    int origin(int uprightWidth, int uprightHeight) {
        int x = a + c < 0 ? uprightWidth - 1 : 0;
        int y = b + d < 0 ? uprightHeight - 1 : 0;
        return y * uprightWidth + x;
    }

    /** What a step to the right in the stored picture adds to the index in the upright one. */
    int stepRight(int uprightWidth) {
        return a + b * uprightWidth;
    }

    /** What a step down in the stored picture adds to the index in the upright one. */
    int stepDown(int uprightWidth) {
        return c + d * uprightWidth;
    }
}

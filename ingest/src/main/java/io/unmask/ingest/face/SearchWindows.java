package io.unmask.ingest.face;

import java.util.ArrayList;
import java.util.List;

/**
 * The square windows that a network looks through to find faces of every size in a picture. The first window holds the
 * whole picture; each further level has smaller ones, which overlap so far that each face which was too small for the
 * level before lies wholly in one of them.
 */
final class SearchWindows {
    /** How much smaller the windows of a level are than those of the level before, at most. */
    private static final double STEP = 3;

    private SearchWindows() {}

    /** A window in pixels of the picture; it may reach beyond it. */
    record Window(int left, int top, int side) {}

    /**
     * The windows by level.
     *
     * @param minFace side of the smallest face sought, in pixels of the picture
     * @param smallestFace side of the smallest face that the network finds, as a share of the window's side
     */
    static List<List<Window>> levels(int width, int height, double minFace, double smallestFace) {
        double finest = minFace / smallestFace;
        int side = Math.max(width, height);
        List<List<Window>> levels = new ArrayList<>();
        levels.add(grid(width, height, side, 0));
        while (side > finest) {
            double tooSmall = side * smallestFace;
            side = (int) Math.ceil(Math.max(finest, side / STEP));
            levels.add(grid(width, height, side, tooSmall));
        }
        return levels;
    }

    private static List<Window> grid(int width, int height, int side, double overlap) {
        List<Window> windows = new ArrayList<>();
        for (int top : starts(height, side, overlap)) {
            for (int left : starts(width, side, overlap)) {
                windows.add(new Window(left, top, side));
            }
        }
        return windows;
    }

    private static List<Integer> starts(int length, int side, double overlap) {
        if (side >= length) {
            return List.of((length - side) / 2);
        }
        int count = (int) Math.ceil((length - overlap) / (side - overlap));
        List<Integer> starts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            starts.add((int) Math.round(i * (length - side) / (count - 1.0)));
        }
        return starts;
    }
}

package io.unmask.samples.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * What a video of ours shows: sample clips side by side, there and back, under the grain of a camera.
 *
 * @param clips of samples/clips, row by row
 * @param crop part of each clip, as FFmpeg's crop filter wants it
 */
record Scenery(String name, List<String> clips, int columns, String crop) {
    private static final List<String> PEOPLE = List.of("authentic-1", "authentic-2", "forged-1", "forged-2");

    static final Scenery ONE = new Scenery("one-face", List.of("authentic-1"), 1, "crop=480:270");
    static final Scenery THREE = new Scenery("three-faces", PEOPLE.subList(0, 3), 3, "crop=160:270");

    /** So many faces, a square number, close up. */
    static Scenery grid(int side) {
        List<String> clips = new ArrayList<>();
        for (int i = 0; i < side * side; i++) {
            clips.add(PEOPLE.get(i % PEOPLE.size()));
        }
        return new Scenery("grid-" + side * side, clips, side, "crop=426:240:27:60");
    }

    /** FFmpeg's graph of filters; input k is clip k. */
    String filter(int width, int height) {
        int rows = clips.size() / columns;
        int tileWidth = width / columns / 2 * 2;
        int tileHeight = height / rows / 2 * 2;
        StringBuilder filter = new StringBuilder();
        StringBuilder tiles = new StringBuilder();
        StringBuilder layout = new StringBuilder();
        for (int i = 0; i < clips.size(); i++) {
            // There and back, so that no face jumps where the video begins anew.
            filter.append("[%d]%s,scale=%d:%d:flags=bicubic,split[a%d][b%d];[b%d]reverse[c%d];[a%d][c%d]concat[t%d];"
                    .formatted(i, crop, tileWidth, tileHeight, i, i, i, i, i, i, i));
            tiles.append("[t%d]".formatted(i));
            layout.append(i == 0 ? "" : "|")
                    .append("%d_%d".formatted(i % columns * tileWidth, Math.floorDiv(i, columns) * tileHeight));
        }
        if (clips.size() > 1) {
            filter.append("%sxstack=inputs=%d:layout=%s[all];[all]".formatted(tiles, clips.size(), layout));
        } else {
            filter.append("[t0]");
        }
        return filter
                + "pad=%d:%d:(ow-iw)/2:(oh-ih)/2,noise=alls=8:allf=t:all_seed=1,setpts=N/%d/TB,format=yuv420p"
                        .formatted(width, height, Videos.FPS);
    }
}

package io.unmask.model.train;

import io.unmask.ingest.clip.RgbFrame;

/**
 * A batch as the network sees it, to look at: a row for each pair, authentic frames on the left, the fake's on the right;
 * of single frames, several pairs stand in a row.
 */
final class ContactSheet {
    private static final int MAX_FRAMES_ACROSS = 16;

    private ContactSheet() {}

    /** @param sizePx side of a frame */
    static RgbFrame of(Batch batch, int sizePx) {
        int frames = batch.mask().length / batch.size();
        int pairsAcross = Math.max(1, MAX_FRAMES_ACROSS / (2 * frames));
        int pairs = (batch.size() + 1) / 2;
        int width = pairsAcross * 2 * frames * sizePx;
        int height = (pairs + pairsAcross - 1) / pairsAcross * sizePx;
        var sheet = new byte[width * height * 3];
        int rowBytes = sizePx * 3;
        for (int frame = 0; frame < batch.mask().length; frame++) {
            int pair = frame / (2 * frames);
            int x = (pair % pairsAcross * 2 * frames + frame % (2 * frames)) * sizePx;
            int y = pair / pairsAcross * sizePx;
            for (int row = 0; row < sizePx; row++) {
                System.arraycopy(
                        batch.clips(), (frame * sizePx + row) * rowBytes, sheet, ((y + row) * width + x) * 3, rowBytes);
            }
        }
        return new RgbFrame(width, height, sheet);
    }
}

package io.unmask.samples.mouths;

import io.unmask.ingest.clip.RgbFrame;
import java.util.List;

/**
 * How much a mouth moves: the mean change of brightness from one frame to the next around the mouth, less that around the
 * nose, which moves with the head alone, over the contrast of the face. Frames are crops that follow the face, eyes level.
 */
final class MouthMotion {
    /** Places in a crop that is {@value #SCALE} times as wide as the face's box, as shares of its side. */
    static final double SCALE = 1.75;

    private static final Area MOUTH = new Area(0.38, 0.62, 0.58, 0.74);
    private static final Area NOSE = new Area(0.40, 0.60, 0.45, 0.55);
    private static final Area FACE = new Area(0.30, 0.70, 0.30, 0.74);

    private record Area(double left, double right, double top, double bottom) {
        private double meanOver(RgbFrame frame, Value value) {
            double sum = 0;
            int count = 0;
            for (int y = (int) (top * frame.height()); y < bottom * frame.height(); y++) {
                for (int x = (int) (left * frame.width()); x < right * frame.width(); x++) {
                    sum += value.at(3 * (y * frame.width() + x));
                    count++;
                }
            }
            return sum / count;
        }
    }

    private interface Value {
        double at(int index);
    }

    private MouthMotion() {}

    /** @param frames in order, two at least, all of one size */
    static double of(List<RgbFrame> frames) {
        double moved = 0;
        double contrast = 0;
        for (int i = 1; i < frames.size(); i++) {
            byte[] before = frames.get(i - 1).rgb();
            byte[] now = frames.get(i).rgb();
            Value change = at -> Math.abs(brightness(now, at) - brightness(before, at));
            moved += MOUTH.meanOver(frames.get(i), change) - NOSE.meanOver(frames.get(i), change);
            double mean = FACE.meanOver(frames.get(i), at -> brightness(now, at));
            contrast += FACE.meanOver(frames.get(i), at -> Math.abs(brightness(now, at) - mean));
        }
        return moved / Math.max(contrast, 1e-9);
    }

    private static double brightness(byte[] rgb, int at) {
        return 0.299 * (rgb[at] & 0xff) + 0.587 * (rgb[at + 1] & 0xff) + 0.114 * (rgb[at + 2] & 0xff);
    }
}

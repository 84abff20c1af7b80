package io.unmask.ingest.clip;

/**
 * Where the eyes, the nose and the mouth are, in pixels of the upright video picture.
 *
 * @param leftEye the eye on the left of an upright face in the picture, which is the person's right eye
 * @param rightEye the other eye
 * @param nose the tip of the nose
 * @param mouth the middle of the mouth
 */
public record FaceLandmarks(Point leftEye, Point rightEye, Point nose, Point mouth) {
    /** A face's size as a multiple of the distance between its eyes. A turned head makes that distance shorter. */
    private static final double SIZE_OVER_EYES = 2.0;

    /** A face's size as a multiple of the distance from eyes to mouth. A nodding head makes that distance shorter. */
    private static final double SIZE_OVER_HEIGHT = 1.8;

    private static final double BOX_OVER_SIZE = 1.5;

    /** How far the box's middle lies below the eyes, as a share of the way to the mouth. */
    private static final double BOX_DROP = 0.35;

    /** Eyes that are nearer to each other than this share of a face's box are those of a profile. */
    private static final double MIN_EYES = 0.1;

    /** A place in the picture. */
    public record Point(double x, double y) {
        /** The place that lies this part of the way to another one. */
        public Point towards(Point other, double part) {
            return new Point(x + part * (other.x - x), y + part * (other.y - y));
        }

        /** The place, moved to the right and down. */
        public Point moved(double right, double down) {
            return new Point(x + right, y + down);
        }

        private boolean isIn(FaceBox box) {
            return x >= box.x() && x <= box.x() + box.width() && y >= box.y() && y <= box.y() + box.height();
        }
    }

    /** How far the head leans to its side, in radians: 0 when the face is upright, positive when it leans clockwise. */
    public double roll() {
        return Math.atan2(acrossY(), acrossX());
    }

    /** The square around the face, from brow to chin. Turned around its middle by {@link #roll}, it has the eyes level. */
    public FaceBox box() {
        Point eyes = eyes();
        double fromEyes = SIZE_OVER_EYES * Math.hypot(rightEye.x - leftEye.x, rightEye.y - leftEye.y);
        double fromHeight = SIZE_OVER_HEIGHT * Math.hypot(mouth.x - eyes.x, mouth.y - eyes.y);
        double side = BOX_OVER_SIZE * Math.max(fromEyes, fromHeight);
        Point middle = eyes.towards(mouth, BOX_DROP);
        return new FaceBox(middle.x - side / 2, middle.y - side / 2, side, side);
    }

    /** How frontal the face is: 1 when the nose is halfway between the eyes, 0.5 beside an eye, 0 as far out again. */
    public double frontality() {
        double x = rightEye.x - leftEye.x;
        double y = rightEye.y - leftEye.y;
        double part = ((nose.x - leftEye.x) * x + (nose.y - leftEye.y) * y) / (x * x + y * y);
        return Math.max(0, 1 - Math.abs(part - 0.5));
    }

    /**
     * Whether a face can be aligned by them: the eyes are apart, the mouth lies below them, and all three lie in the box.
     *
     * @param box where the face was found, by other means than these landmarks
     */
    public boolean fit(FaceBox box) {
        double apart = Math.hypot(rightEye.x - leftEye.x, rightEye.y - leftEye.y);
        return apart >= MIN_EYES * Math.max(box.width(), box.height())
                && mouth.y > eyes().y
                && leftEye.isIn(box)
                && rightEye.isIn(box)
                && mouth.isIn(box);
    }

    /** The landmarks that lie this part of the way to others. */
    public FaceLandmarks towards(FaceLandmarks others, double part) {
        return new FaceLandmarks(
                leftEye.towards(others.leftEye, part),
                rightEye.towards(others.rightEye, part),
                nose.towards(others.nose, part),
                mouth.towards(others.mouth, part));
    }

    /** The landmarks, moved to the right and down. */
    public FaceLandmarks moved(double right, double down) {
        return new FaceLandmarks(
                leftEye.moved(right, down),
                rightEye.moved(right, down),
                nose.moved(right, down),
                mouth.moved(right, down));
    }

    private Point eyes() {
        return leftEye.towards(rightEye, 0.5);
    }

    /** Across the face: the way from eye to eye, and the way from eyes to mouth turned by a right angle. */
    private double acrossX() {
        return rightEye.x - leftEye.x + mouth.y - eyes().y;
    }

    private double acrossY() {
        return rightEye.y - leftEye.y - (mouth.x - eyes().x);
    }
}

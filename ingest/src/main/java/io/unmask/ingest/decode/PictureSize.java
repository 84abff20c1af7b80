package io.unmask.ingest.decode;

/** Sides of a picture in pixels. */
record PictureSize(int width, int height) {
    // No camera has pixels longer than this; a file that says so is broken, and is taken as square.
    private static final double MAX_ASPECT = 8;

    /**
     * The size at which a stored picture looks right: its shorter-than-seen side is stretched, so that no detail is lost,
     * unless the result has too many pixels.
     *
     * @param aspectNum width of a pixel over its height; 0 over anything is unknown and means square
     */
    static PictureSize withSquarePixels(int width, int height, int aspectNum, int aspectDen, long maxPixels) {
        double aspect = aspectNum > 0 && aspectDen > 0 ? (double) aspectNum / aspectDen : 1;
        if (aspect > MAX_ASPECT || aspect < 1 / MAX_ASPECT) {
            return new PictureSize(width, height);
        }
        boolean grows = width * (double) height * Math.max(aspect, 1 / aspect) <= maxPixels;
        if (aspect > 1 == grows) {
            return new PictureSize(scaled(width, aspect), height);
        }
        return new PictureSize(width, scaled(height, 1 / aspect));
    }

    long pixels() {
        return (long) width * height;
    }

    PictureSize turned() {
        return new PictureSize(/* width= */ height, /* height= */ width);
    }

    private static int scaled(int side, double factor) {
        return (int) Math.max(1, Math.round(side * factor));
    }
}

package io.unmask.ingest.clip;

/** A face's bounding box in pixels of the upright video picture; it may reach beyond the picture's edge. */
public record FaceBox(double x, double y, double width, double height) {

    /** Intersection over union, 0 to 1. */
    public double overlap(FaceBox other) {
        double across = Math.min(x + width, other.x + other.width) - Math.max(x, other.x);
        double down = Math.min(y + height, other.y + other.height) - Math.max(y, other.y);
        if (across <= 0 || down <= 0) {
            return 0;
        }
        double shared = across * down;
        return shared / (width * height + other.width * other.height - shared);
    }

    /** The box that lies this part of the way to another one. */
    public FaceBox towards(FaceBox other, double part) {
        return new FaceBox(
                x + part * (other.x - x),
                y + part * (other.y - y),
                width + part * (other.width - width),
                height + part * (other.height - height));
    }

    /** Whether half of the smaller of two boxes lies in the other one. */
    public boolean covers(FaceBox other) {
        double across = Math.min(x + width, other.x + other.width) - Math.max(x, other.x);
        double down = Math.min(y + height, other.y + other.height) - Math.max(y, other.y);
        return across > 0 && down > 0 && across * down > Math.min(width * height, other.width * other.height) / 2;
    }

    /** The box, moved to the right and down. */
    public FaceBox moved(double right, double down) {
        return new FaceBox(x + right, y + down, width, height);
    }

    /** The box, made larger around its middle. */
    public FaceBox grown(double factor) {
        return new FaceBox(
                x + width * (1 - factor) / 2, y + height * (1 - factor) / 2, width * factor, height * factor);
    }
}

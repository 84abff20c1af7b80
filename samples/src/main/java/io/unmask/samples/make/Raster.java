package io.unmask.samples.make;

/** Fills triangles of a mesh. */
final class Raster {
    private Raster() {}

    /** Where a mesh's vertices fall: picture x and y in pixels and a depth that is larger further away. */
    interface Projection {
        void project(Mesh mesh, int vertex, double[] xyDepth);
    }

    /** Takes each covered pixel with the weights of the triangle's corners. */
    interface Sink {
        void cover(int pixel, double depth, int[] corners, double[] weights);
    }

    static void fill(Mesh mesh, int width, int height, Projection projection, Sink sink) {
        int vertices = mesh.columns * mesh.rows;
        double[] placed = new double[vertices * 3];
        double[] one = new double[3];
        for (int vertex = 0; vertex < vertices; vertex++) {
            projection.project(mesh, vertex, one);
            System.arraycopy(one, 0, placed, 3 * vertex, 3);
        }
        Triangle triangle = new Triangle(placed, width, height, sink);
        for (int row = 0; row + 1 < mesh.rows; row++) {
            for (int column = 0; column + 1 < mesh.columns; column++) {
                int at = row * mesh.columns + column;
                triangle.fill(at, at + 1, at + mesh.columns);
                triangle.fill(at + 1, at + mesh.columns + 1, at + mesh.columns);
            }
        }
    }

    private static final class Triangle {
        private final double[] placed;
        private final int width;
        private final int height;
        private final Sink sink;
        private final int[] corners = new int[3];
        private final double[] weights = new double[3];

        Triangle(double[] placed, int width, int height, Sink sink) {
            this.placed = placed;
            this.width = width;
            this.height = height;
            this.sink = sink;
        }

        void fill(int a, int b, int c) {
            double ax = placed[3 * a];
            double ay = placed[3 * a + 1];
            double bx = placed[3 * b];
            double by = placed[3 * b + 1];
            double cx = placed[3 * c];
            double cy = placed[3 * c + 1];
            double area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
            if (Math.abs(area) < 1e-12) {
                return;
            }
            corners[0] = a;
            corners[1] = b;
            corners[2] = c;
            int left = (int) Math.max(0, Math.ceil(Math.min(ax, Math.min(bx, cx)) - 0.5));
            int right = (int) Math.min(width - 1, Math.floor(Math.max(ax, Math.max(bx, cx)) - 0.5));
            int top = (int) Math.max(0, Math.ceil(Math.min(ay, Math.min(by, cy)) - 0.5));
            int bottom = (int) Math.min(height - 1, Math.floor(Math.max(ay, Math.max(by, cy)) - 0.5));
            for (int y = top; y <= bottom; y++) {
                for (int x = left; x <= right; x++) {
                    double px = x + 0.5;
                    double py = y + 0.5;
                    weights[0] = ((bx - px) * (cy - py) - (by - py) * (cx - px)) / area;
                    weights[1] = ((cx - px) * (ay - py) - (cy - py) * (ax - px)) / area;
                    weights[2] = 1 - weights[0] - weights[1];
                    if (weights[0] >= 0 && weights[1] >= 0 && weights[2] >= 0) {
                        double depth = weights[0] * placed[3 * a + 2]
                                + weights[1] * placed[3 * b + 2]
                                + weights[2] * placed[3 * c + 2];
                        sink.cover(y * width + x, depth, corners, weights);
                    }
                }
            }
        }
    }
}

package io.unmask.samples.make;

import java.util.Arrays;
import java.util.List;

/** What the main light sees, for soft shadows. */
final class ShadowMap {
    private static final int SIZE = 256;
    private static final double RADIUS = 2.4;
    private static final double BIAS = 0.035;

    private final float[] depth = new float[SIZE * SIZE];
    private final double[] right;
    private final double[] up;
    private final double[] light;
    private final double[] centre;

    ShadowMap(List<Mesh> meshes, Stage stage) {
        this.light = Shader.unit(stage.key());
        this.right = Shader.unit(new double[] {light[2], 0, -light[0]});
        this.up = new double[] {
            light[1] * right[2] - light[2] * right[1],
            light[2] * right[0] - light[0] * right[2],
            light[0] * right[1] - light[1] * right[0]
        };
        this.centre = new double[] {stage.x(), stage.y() - 0.3, -stage.distance()};
        Arrays.fill(depth, Float.MAX_VALUE);
        for (Mesh mesh : meshes) {
            Raster.fill(mesh, SIZE, SIZE, this::project, (pixel, far, corners, weights) -> {
                depth[pixel] = Math.min(depth[pixel], (float) far);
            });
        }
    }

    /** Share of the main light that reaches a point of camera space, 0 to 1. */
    double light(double x, double y, double z, double[] scratch) {
        place(x, y, z, scratch);
        int lit = 0;
        for (int dy = -2; dy <= 2; dy++) {
            for (int dx = -2; dx <= 2; dx++) {
                int px = Math.max(0, Math.min(SIZE - 1, (int) scratch[0] + dx));
                int py = Math.max(0, Math.min(SIZE - 1, (int) scratch[1] + dy));
                if (scratch[2] - BIAS < depth[py * SIZE + px]) {
                    lit++;
                }
            }
        }
        return lit / 25.0;
    }

    private void project(Mesh mesh, int vertex, double[] out) {
        int at = 3 * vertex;
        place(mesh.position[at], mesh.position[at + 1], mesh.position[at + 2], out);
    }

    private void place(double x, double y, double z, double[] out) {
        double dx = x - centre[0];
        double dy = y - centre[1];
        double dz = z - centre[2];
        out[0] = SIZE / 2.0 * (1 + (dx * right[0] + dy * right[1] + dz * right[2]) / RADIUS);
        out[1] = SIZE / 2.0 * (1 - (dx * up[0] + dy * up[1] + dz * up[2]) / RADIUS);
        out[2] = -(dx * light[0] + dy * light[1] + dz * light[2]);
    }
}

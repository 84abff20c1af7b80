package io.unmask.samples.make;

/**
 * A grid of vertices. Each has a position and a normal in the camera's space and its place at rest, which its colour
 * depends on and which does not move with pose or expression.
 */
final class Mesh {
    /** What a surface is made of. */
    enum Material {
        HEAD,
        SKIN,
        HAIR,
        CLOTH
    }

    final Material material;
    final int columns;
    final int rows;
    final float[] position;
    final float[] rest;
    final float[] normal;

    Mesh(Material material, int columns, int rows) {
        this.material = material;
        this.columns = columns;
        this.rows = rows;
        this.position = new float[columns * rows * 3];
        this.rest = new float[columns * rows * 3];
        this.normal = new float[columns * rows * 3];
    }

    void put(float[] target, int vertex, double x, double y, double z) {
        target[3 * vertex] = (float) x;
        target[3 * vertex + 1] = (float) y;
        target[3 * vertex + 2] = (float) z;
    }

    /** Sets every normal from the neighbours' positions. */
    void computeNormals() {
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                int left = row * columns + Math.max(0, column - 1);
                int right = row * columns + Math.min(columns - 1, column + 1);
                int up = Math.max(0, row - 1) * columns + column;
                int down = Math.min(rows - 1, row + 1) * columns + column;
                normalFrom(row * columns + column, left, right, up, down);
            }
        }
    }

    private void normalFrom(int vertex, int left, int right, int up, int down) {
        double ax = position[3 * right] - position[3 * left];
        double ay = position[3 * right + 1] - position[3 * left + 1];
        double az = position[3 * right + 2] - position[3 * left + 2];
        double bx = position[3 * up] - position[3 * down];
        double by = position[3 * up + 1] - position[3 * down + 1];
        double bz = position[3 * up + 2] - position[3 * down + 2];
        double nx = ay * bz - az * by;
        double ny = az * bx - ax * bz;
        double nz = ax * by - ay * bx;
        double length = Math.sqrt(nx * nx + ny * ny + nz * nz) + 1e-12;
        put(normal, vertex, nx / length, ny / length, nz / length);
    }
}

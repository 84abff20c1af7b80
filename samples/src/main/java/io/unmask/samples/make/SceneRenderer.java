package io.unmask.samples.make;

import io.unmask.samples.make.Mesh.Material;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Draws actors before a room as a lens without faults would show them. Thread-safe. */
final class SceneRenderer {
    /** Drawn pixels a side for one pixel of the picture. */
    static final int OVERSAMPLING = 2;

    private static final int MARGIN = 48;
    /** The room is farther away than the heads, so it moves less with the camera. */
    private static final double ROOM_SHAKE = 0.9;

    private static final double FOCAL_HEIGHTS = 2.2;

    private final int width;
    private final int height;
    private final List<Part> cast;
    private final LinearImage room;

    SceneRenderer(int width, int height, List<Part> cast, int roomSeed) {
        this.width = width * OVERSAMPLING;
        this.height = height * OVERSAMPLING;
        this.cast = List.copyOf(cast);
        this.room = Room.paint(roomSeed, this.width, this.height, MARGIN);
    }

    /** An actor in its place. */
    record Part(Actor actor, Stage stage) {}

    /**
     * Draws a moment.
     *
     * @param poses one an actor
     * @param shakeX camera's displacement in pixels of the picture
     * @param shakeY camera's displacement in pixels of the picture
     */
    Shot shoot(List<Pose> poses, double shakeX, double shakeY) {
        Lens lens = new Lens(width, height, shakeX * OVERSAMPLING, shakeY * OVERSAMPLING);
        Layer layer = new Layer(width * height);
        List<Shader> shaders = new ArrayList<>();
        List<Landmarks> landmarks = new ArrayList<>();
        for (int i = 0; i < cast.size(); i++) {
            Part part = cast.get(i);
            List<Mesh> meshes = part.actor().pose(poses.get(i), part.stage());
            shaders.add(new Shader(
                    part.actor(), part.stage(), poses.get(i).expression(), new ShadowMap(meshes, part.stage())));
            meshes.forEach(mesh -> layer.add(mesh, shaders.size() - 1, lens));
            landmarks.add(Landmarks.of(meshes.get(0), lens));
        }
        return new Shot(develop(layer, shaders, lens), landmarks);
    }

    /**
     * A drawn moment.
     *
     * @param drawn oversampled
     * @param landmarks of each actor's face, in pixels of the picture that {@code drawn} becomes
     */
    record Shot(LinearImage drawn, List<Landmarks> landmarks) {}

    private LinearImage develop(Layer layer, List<Shader> shaders, Lens lens) {
        LinearImage picture = new LinearImage(width, height);
        for (int pixel = 0; pixel < width * height; pixel++) {
            int mesh = layer.mesh[pixel];
            double x = pixel % width + 0.5;
            double y = Math.floorDiv(pixel, width) + 0.5;
            picture.set(
                    pixel,
                    mesh < 0
                            ? Room.sample(room, x - lens.shakeX * ROOM_SHAKE, y - lens.shakeY * ROOM_SHAKE, MARGIN)
                            : shaders.get(layer.owner.get(mesh)).shade(layer.point(pixel, x, y, lens)));
        }
        return picture;
    }

    /** A pinhole. */
    record Lens(int width, int height, double shakeX, double shakeY) implements Raster.Projection {
        double focal() {
            return FOCAL_HEIGHTS * height;
        }

        @Override
        public void project(Mesh mesh, int vertex, double[] out) {
            double depth = -mesh.position[3 * vertex + 2];
            out[0] = width / 2.0 + shakeX + focal() * mesh.position[3 * vertex] / depth;
            out[1] = height / 2.0 + shakeY - focal() * mesh.position[3 * vertex + 1] / depth;
            out[2] = depth;
        }
    }

    /** What is nearest at each pixel. */
    private static final class Layer {
        /** Normal (3), place at rest (3), column and row of the texture. */
        private static final int VALUES = 8;

        private final float[] depth;
        private final int[] mesh;
        private final float[] values;
        private final List<Material> materials = new ArrayList<>();
        private final List<Integer> owner = new ArrayList<>();

        Layer(int pixels) {
            depth = new float[pixels];
            mesh = new int[pixels];
            values = new float[pixels * VALUES];
            Arrays.fill(depth, Float.MAX_VALUE);
            Arrays.fill(mesh, -1);
        }

        void add(Mesh added, int actor, Lens lens) {
            int index = materials.size();
            materials.add(added.material);
            owner.add(actor);
            Raster.fill(added, lens.width(), lens.height(), lens, (pixel, far, corners, weights) -> {
                if (far < depth[pixel]) {
                    depth[pixel] = (float) far;
                    mesh[pixel] = index;
                    keep(pixel * VALUES, added, corners, weights);
                }
            });
        }

        Shader.Point point(int pixel, double x, double y, Lens lens) {
            int at = pixel * VALUES;
            double far = depth[pixel];
            double px = (x - lens.width() / 2.0 - lens.shakeX()) * far / lens.focal();
            double py = -(y - lens.height() / 2.0 - lens.shakeY()) * far / lens.focal();
            double[] normal = Shader.unit(new double[] {values[at], values[at + 1], values[at + 2] + 1e-9});
            double[] rest = {values[at + 3], values[at + 4], values[at + 5]};
            return new Shader.Point(
                    materials.get(mesh[pixel]),
                    new double[] {px, py, -far},
                    normal,
                    rest,
                    values[at + 6],
                    values[at + 7]);
        }

        private void keep(int at, Mesh added, int[] corners, double[] weights) {
            Arrays.fill(values, at, at + VALUES, 0);
            for (int i = 0; i < 3; i++) {
                int from = 3 * corners[i];
                for (int c = 0; c < 3; c++) {
                    values[at + c] += (float) (weights[i] * added.normal[from + c]);
                    values[at + 3 + c] += (float) (weights[i] * added.rest[from + c]);
                }
                values[at + 6] += (float) (weights[i] * (corners[i] % added.columns));
                values[at + 7] += (float) (weights[i] * Math.floorDiv(corners[i], added.columns));
            }
        }
    }
}

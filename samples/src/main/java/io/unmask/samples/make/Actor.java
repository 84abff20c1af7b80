package io.unmask.samples.make;

import io.unmask.samples.make.Mesh.Material;
import io.unmask.samples.make.Pose.Expression;
import java.util.List;

/** A head, neck and shoulders that can take a pose. Thread-safe: a pose makes new meshes. */
final class Actor {
    private static final int VERTICES = HeadShape.COLUMNS * HeadShape.ROWS;

    private final Identity identity;
    private final SkinMap skinMap;
    private final float[] skin = new float[VERTICES * 3];
    private final float[] hair = new float[VERTICES * 3];

    Actor(Identity identity) {
        this.identity = identity;
        HeadShape shape = new HeadShape(identity);
        this.skinMap = new SkinMap(shape);
        for (int row = 0; row < HeadShape.ROWS; row++) {
            for (int column = 0; column < HeadShape.COLUMNS; column++) {
                grow(shape, row * HeadShape.COLUMNS + column, HeadShape.longitude(column), shape.latitude(row));
            }
        }
    }

    Identity identity() {
        return identity;
    }

    SkinMap skinMap() {
        return skinMap;
    }

    /** Everything that is visible of the actor, in camera space; the head comes first. */
    List<Mesh> pose(Pose pose, Stage stage) {
        Turn head = new Turn(pose, stage, 1);
        Turn neck = new Turn(pose, stage, 0.45);
        Turn body = new Turn(pose, stage, 0);
        List<Mesh> meshes = identity.hair().sides() < -0.5
                ? List.of(
                        head(pose.expression(), head),
                        ear(head, -1),
                        ear(head, 1),
                        neck(neck),
                        torso(body),
                        locks(neck))
                : List.of(head(pose.expression(), head), ear(head, -1), ear(head, 1), neck(neck), torso(body));
        meshes.forEach(Mesh::computeNormals);
        return meshes;
    }

    private void grow(HeadShape shape, int vertex, double longitude, double latitude) {
        double[] at = shape.skin(longitude, latitude);
        double height = shape.hair(longitude, latitude);
        double length = Math.sqrt(at[0] * at[0] + at[1] * at[1] + at[2] * at[2]) + 1e-9;
        for (int c = 0; c < 3; c++) {
            skin[3 * vertex + c] = (float) at[c];
            hair[3 * vertex + c] = (float) (at[c] + at[c] / length * height);
        }
    }

    private Mesh head(Expression expression, Turn turn) {
        Mesh mesh = new Mesh(Material.HEAD, HeadShape.COLUMNS, HeadShape.ROWS);
        System.arraycopy(skin, 0, mesh.rest, 0, skin.length);
        double[] moved = new double[3];
        for (int vertex = 0; vertex < VERTICES; vertex++) {
            for (int c = 0; c < 3; c++) {
                moved[c] = hair[3 * vertex + c];
            }
            express(expression, skin[3 * vertex], skin[3 * vertex + 1], moved);
            turn.put(mesh, vertex, moved[0], moved[1], moved[2]);
        }
        return mesh;
    }

    /** Moves a point of the face's front; {@code x} and {@code y} are its place at rest. */
    private static void express(Expression e, double x, double y, double[] moved) {
        if (moved[2] < 0) {
            return;
        }
        double over = y - HeadShape.MOUTH_Y;
        double width = 1 - x * x / (HeadShape.MOUTH_HALF * HeadShape.MOUTH_HALF);
        double slit = Math.pow(Math.max(0, width), 0.7);
        double facing = Noise.step(0.05, 0.5, moved[2]);
        if (over < 0) {
            double all = Noise.step(0, 0.30, -over);
            double jaw = slit + (Noise.step(0.85, 0.35, Math.abs(x)) - slit) * all;
            moved[1] -= e.jaw() * 0.72 * jaw * facing;
            moved[2] -= e.jaw() * 0.25 * all * facing;
        } else {
            moved[1] += e.jaw() * 0.28 * slit * Noise.bell(over, 0.10);
        }
        double corner = Noise.bell(Math.abs(x) - HeadShape.MOUTH_HALF, 0.13, over, 0.16);
        moved[0] += Math.signum(x) * (0.035 * e.smile() - 0.045 * e.round()) * corner;
        moved[1] += 0.035 * e.smile() * corner;
        moved[2] += 0.05 * e.round() * Noise.bell(x, 0.16, over, 0.10) * facing;
        moved[1] += 0.035 * e.brow() * Noise.bell(Math.abs(x) - 0.3, 0.25, y - 0.36, 0.09) * facing;
        moved[1] += 0.02 * e.smile() * Noise.bell(Math.abs(x) - 0.4, 0.14, y + 0.22, 0.12);
    }

    private static Mesh ear(Turn turn, int side) {
        Mesh mesh = new Mesh(Material.SKIN, 33, 25);
        for (int row = 0; row < mesh.rows; row++) {
            double latitude = Math.PI * (0.5 - row / 24.0);
            for (int column = 0; column < mesh.columns; column++) {
                double longitude = Math.PI * (column / 16.0 - 1);
                double rim = Math.cos(latitude) * Math.cos(longitude);
                double out = 0.065 * Math.cos(latitude) * Math.sin(longitude);
                double hollow = -0.06 * Noise.bell(rim - 0.1, 0.45, Math.sin(latitude) - 0.15, 0.5);
                double y = 0.25 * Math.sin(latitude) + 0.02;
                double z = 0.15 * rim + 0.04 * Math.sin(latitude);
                double x = side * (0.80 + (side * out > 0 ? side * out + hollow : side * out) - 0.5 * z);
                int vertex = row * mesh.columns + column;
                mesh.put(mesh.rest, vertex, x, y, z);
                turn.put(mesh, vertex, x, y, z - 0.06);
            }
        }
        return mesh;
    }

    private static Mesh neck(Turn turn) {
        Mesh mesh = new Mesh(Material.SKIN, 49, 25);
        for (int row = 0; row < mesh.rows; row++) {
            double y = -0.55 - 1.3 * row / 24.0;
            double radius = 0.43 + 0.16 * Noise.step(-1.3, -1.85, y);
            for (int column = 0; column < mesh.columns; column++) {
                double angle = 2 * Math.PI * column / 48.0 - Math.PI;
                double muscle = 1 + 0.05 * Noise.bell(Math.abs(angle) - 0.5, 0.16);
                int vertex = row * mesh.columns + column;
                double x = radius * muscle * Math.sin(angle);
                mesh.put(mesh.rest, vertex, x, y, Math.cos(angle));
                turn.put(mesh, vertex, x, y, radius * muscle * Math.cos(angle) - 0.12 + 0.10 * (y + 1.2));
            }
        }
        return mesh;
    }

    private static Mesh torso(Turn turn) {
        Mesh mesh = new Mesh(Material.CLOTH, 97, 49);
        for (int row = 0; row < mesh.rows; row++) {
            double t = row / 48.0;
            double y = -1.50 - 2.4 * t * t - 0.12 * t;
            double half = 0.50 + 1.45 * Math.pow(Noise.step(0, 0.85, t), 0.6);
            double deep = 0.46 + 0.30 * t;
            for (int column = 0; column < mesh.columns; column++) {
                double angle = 2 * Math.PI * column / 96.0 - Math.PI;
                double fold = 0.02 * Noise.fractal(7, 5 * angle, 6 * t, 0.5, 2);
                int vertex = row * mesh.columns + column;
                double x = half * Math.sin(angle);
                mesh.put(mesh.rest, vertex, x, y, angle);
                turn.put(mesh, vertex, x, y - 0.10 * Math.cos(angle) * (1 - t), (deep + fold) * Math.cos(angle) - 0.25);
            }
        }
        return mesh;
    }

    /** Long hair: a curtain from temple to temple around the back. */
    private Mesh locks(Turn turn) {
        Mesh mesh = new Mesh(Material.HAIR, 145, 41);
        for (int row = 0; row < mesh.rows; row++) {
            double t = row / 40.0;
            for (int column = 0; column < mesh.columns; column++) {
                double angle = 1.22 + (2 * Math.PI - 2.44) * column / 144.0;
                double lock = Noise.value(identity.seed() + 44, angle * 9, t * 2, 0.5);
                double strand = Noise.value(identity.seed() + 45, angle * 50, t * 3, 0.5);
                double y = 0.45 - (1.75 + 0.12 * lock) * t;
                double radius = 0.87 + 0.10 * Math.sin(Math.PI * t) + 0.035 * lock + 0.012 * strand - 0.12 * t * t;
                int vertex = row * mesh.columns + column;
                mesh.put(mesh.rest, vertex, angle, t, 0);
                turn.put(mesh, vertex, radius * Math.sin(angle), y, radius * 1.05 * Math.cos(angle) - 0.10);
            }
        }
        return mesh;
    }

    /** Puts points of the head into camera space: a share of the pose's turn, about the top of the spine. */
    private static final class Turn {
        private static final double PIVOT_Y = -0.9;
        private static final double PIVOT_Z = -0.25;

        private final double[] m;
        private final double x;
        private final double y;
        private final double z;

        Turn(Pose pose, Stage stage, double share) {
            double a = pose.yaw() * share;
            double b = -pose.pitch() * share;
            double c = -pose.roll() * share;
            double[] yaw = {Math.cos(a), 0, Math.sin(a), 0, 1, 0, -Math.sin(a), 0, Math.cos(a)};
            double[] pitch = {1, 0, 0, 0, Math.cos(b), -Math.sin(b), 0, Math.sin(b), Math.cos(b)};
            double[] roll = {Math.cos(c), -Math.sin(c), 0, Math.sin(c), Math.cos(c), 0, 0, 0, 1};
            this.m = product(roll, product(yaw, pitch));
            this.x = stage.x() + pose.x();
            this.y = stage.y() + pose.y();
            this.z = -stage.distance();
        }

        void put(Mesh mesh, int vertex, double px, double py, double pz) {
            double dy = py - PIVOT_Y;
            double dz = pz - PIVOT_Z;
            mesh.put(
                    mesh.position,
                    vertex,
                    x + m[0] * px + m[1] * dy + m[2] * dz,
                    y + PIVOT_Y + m[3] * px + m[4] * dy + m[5] * dz,
                    z + PIVOT_Z + m[6] * px + m[7] * dy + m[8] * dz);
        }

        private static double[] product(double[] a, double[] b) {
            double[] out = new double[9];
            for (int i = 0; i < 9; i++) {
                for (int k = 0; k < 3; k++) {
                    out[i] += a[i / 3 * 3 + k] * b[3 * k + i % 3];
                }
            }
            return out;
        }
    }
}

package io.unmask.samples.make;

import io.unmask.ingest.clip.RgbFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A clip before it is encoded: any frame of it can be drawn at any time, always the same. Thread-safe. */
final class Film {
    static final double FPS = 25;

    private static final int SEED_OF_SOURCE = 500;

    private final List<Role> roles;
    private final SceneRenderer scene;
    private final Camera camera;

    Film(int width, int height, List<Role> roles, int seed) {
        this.roles = List.copyOf(roles);
        this.scene =
                new SceneRenderer(width, height, roles.stream().map(Role::part).toList(), seed);
        this.camera = new Camera(seed + 1000);
    }

    /**
     * Somebody in the picture.
     *
     * @param talk seed of how they move
     * @param worn the face put over theirs, if any
     */
    record Role(SceneRenderer.Part part, int talk, Optional<Worn> worn) {}

    /** Another person's face, filmed apart, under another light and at the size that swap tools compute at. */
    record Worn(SceneRenderer source, Camera camera, FaceSwap swap) {
        static Worn of(Actor actor, int seed) {
            Stage stage = Stage.of(seed + SEED_OF_SOURCE, 0, 0, 6.5);
            SceneRenderer scene = new SceneRenderer(200, 200, List.of(new SceneRenderer.Part(actor, stage)), seed);
            return new Worn(scene, new Camera(seed + SEED_OF_SOURCE), new FaceSwap(seed));
        }
    }

    RgbFrame frame(int index) {
        double seconds = index / FPS;
        double[] shake = camera.shake(seconds);
        List<Pose> poses = new ArrayList<>();
        roles.forEach(role -> poses.add(Pose.talking(role.talk(), seconds)));
        SceneRenderer.Shot shot = scene.shoot(poses, shake[0], shake[1]);
        RgbFrame frame = camera.film(shot.drawn(), index, seconds);
        for (int i = 0; i < roles.size(); i++) {
            Optional<Worn> worn = roles.get(i).worn();
            if (worn.isPresent()) {
                frame = swap(frame, shot.landmarks().get(i), worn.get(), poses.get(i), index);
            }
        }
        return frame;
    }

    private static RgbFrame swap(RgbFrame frame, Landmarks face, Worn worn, Pose pose, int index) {
        Pose still = new Pose(0.8 * pose.yaw(), 0.8 * pose.pitch(), pose.roll(), 0, 0, pose.expression());
        SceneRenderer.Shot shot = worn.source().shoot(List.of(still), 0, 0);
        RgbFrame source = worn.camera().film(shot.drawn(), index, index / FPS);
        return worn.swap().apply(frame, face, source, shot.landmarks().get(0), index);
    }
}

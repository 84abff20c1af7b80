package io.unmask.samples.make;

import io.unmask.samples.make.Mesh.Material;
import io.unmask.samples.make.Pose.Expression;

/** The light that a visible point sends to the camera. One for each actor and frame; not thread-safe. */
final class Shader {
    private static final Rgb AMBIENT = new Rgb(0.20, 0.20, 0.21);
    private static final double EYE_RADIUS = 0.175;

    private final Actor actor;
    private final Stage stage;
    private final Expression expression;
    private final ShadowMap shadows;
    private final double[] key;
    private final double[] fill;
    private final double[] texel = new double[SkinMap.CHANNELS];
    private final double[] scratch = new double[3];

    Shader(Actor actor, Stage stage, Expression expression, ShadowMap shadows) {
        this.actor = actor;
        this.stage = stage;
        this.expression = expression;
        this.shadows = shadows;
        this.key = unit(stage.key());
        this.fill = unit(new double[] {-stage.key()[0], 0.15, 0.7});
    }

    /** A visible point: position and normal in camera space, place at rest, place on the mesh's grid. */
    record Point(Material material, double[] position, double[] normal, double[] rest, double column, double row) {}

    static double[] unit(double[] v) {
        double length = Math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
        return new double[] {v[0] / length, v[1] / length, v[2] / length};
    }

    Rgb shade(Point point) {
        return switch (point.material()) {
            case HEAD -> head(point);
            case SKIN -> skin(point, actor.identity().skin().times(0.88 * grain(point, 30, 0.12)), 0.4);
            case CLOTH -> cloth(point);
            case HAIR -> hair(point, actor.identity().hair().colour().times(strands(point)));
        };
    }

    private Rgb head(Point point) {
        double x = point.rest()[0];
        double y = point.rest()[1];
        boolean front = point.rest()[2] > 0;
        if (front && Math.abs(y - HeadShape.MOUTH_Y) < HeadShape.SLIT && Math.abs(x) < HeadShape.MOUTH_HALF) {
            return mouth(point, x, y);
        }
        actor.skinMap().sample(point.column(), point.row(), texel);
        Rgb colour = new Rgb(texel[0], texel[1], texel[2]);
        double cover = texel[3];
        Rgb lit = skin(point, colour, texel[4]);
        if (cover > 0.01) {
            lit = lit.mix(hair(point, colour), cover);
        }
        return front ? eye(point, lit, x, y) : lit;
    }

    /** Skin scatters red light furthest, which softens the edge of a shadow. */
    private Rgb skin(Point point, Rgb colour, double gloss) {
        double[] n = point.normal();
        double reach = shadow(point);
        double facing = dot(n, key);
        double filled = Math.max(0, 0.25 + 0.75 * dot(n, fill));
        Rgb light = new Rgb(
                        wrap(facing, 0.30) * Math.pow(reach, 0.7),
                        wrap(facing, 0.14) * reach,
                        wrap(facing, 0.10) * reach)
                .times(stage.keyColour())
                .plus(stage.fillColour().times(filled))
                .plus(AMBIENT.times(0.75 + 0.25 * n[1]));
        double shine = 0.055 * gloss * (Math.pow(half(n), 14) + 0.8 * Math.pow(half(n), 60)) * reach;
        double rim = 0.10 * Math.pow(1 - Math.abs(n[2]), 3);
        return colour.times(light)
                .plus(stage.keyColour().times(shine))
                .plus(stage.fillColour().times(rim));
    }

    private Rgb hair(Point point, Rgb colour) {
        double[] n = point.normal();
        double side = n[2] < 0 ? -1 : 1;
        double facing = wrap(side * dot(n, key), 0.2) * shadow(point);
        Rgb light = stage.keyColour()
                .times(facing)
                .plus(AMBIENT)
                .plus(stage.fillColour().times(0.5));
        double strand = colour.g() / (actor.identity().hair().colour().g() + 1e-6);
        double shine = 0.07 * strand * Math.pow(Math.max(0, side * half(n)), 10) * facing;
        return colour.times(light).plus(stage.keyColour().times(shine));
    }

    private Rgb cloth(Point point) {
        double weave = 1 + 0.10 * Math.sin(point.rest()[2] * 260) * Math.sin(point.rest()[1] * 160);
        double facing = wrap(dot(point.normal(), key), 0.1) * shadow(point);
        Rgb light = stage.keyColour()
                .times(facing)
                .plus(AMBIENT)
                .plus(stage.fillColour().times(0.6));
        return actor.identity().shirt().times(weave * grain(point, 6, 0.25)).times(light);
    }

    private Rgb mouth(Point point, double x, double y) {
        double width = 1 - x * x / (HeadShape.MOUTH_HALF * HeadShape.MOUTH_HALF);
        double gap = expression.jaw() * Math.pow(width, 0.7);
        double depth = gap * (HeadShape.MOUTH_Y + HeadShape.SLIT - y) / (2 * HeadShape.SLIT);
        Rgb dark = new Rgb(0.030, 0.010, 0.009);
        double tongue = Noise.step(0.55 * gap, gap, depth) * Noise.step(0.06, 0.14, gap);
        Rgb colour = dark.mix(new Rgb(0.26, 0.085, 0.075), 0.55 * tongue);
        double upper = 0.28 * gap + 0.024;
        double between = 0.72 + 0.28 * Math.min(1, 9 * Math.abs(Math.sin(Math.PI * x / 0.062)));
        double bite = upper - 0.010 * Math.abs(Math.sin(Math.PI * x / 0.062 + 1.57));
        double teeth = Noise.step(bite + 0.006, bite - 0.006, depth) * Noise.step(0.015, 0.06, gap);
        double shaded = Noise.step(0, 0.03, depth) * Noise.step(1.0, 0.45, Math.abs(x) / HeadShape.MOUTH_HALF);
        Rgb light = stage.keyColour().times(0.55 * shadow(point)).plus(stage.fillColour());
        return colour.mix(new Rgb(0.62, 0.56, 0.46).times(light).times(between * (0.3 + 0.7 * shaded)), teeth);
    }

    private Rgb eye(Point point, Rgb skin, double x, double y) {
        double size = actor.identity().face().eyeSize();
        double across = (Math.abs(x) - HeadShape.EYE_X) / (0.155 * size);
        double up = (y - HeadShape.EYE_Y) / size - 0.012 * across;
        if (Math.abs(across) > 1.25 || Math.abs(up) > 0.2) {
            return skin;
        }
        double almond = Math.max(0, 1 - across * across);
        double lower = -0.046 * Math.pow(almond, 0.9);
        double open = (1 - expression.blink()) * (1 - 0.12 * Math.max(0, expression.smile()));
        double upper = lower + (0.070 * Math.pow(almond, 0.65) - lower) * open;
        Rgb lid = lids(skin, across, up, upper, lower);
        if (upper - lower < 0.004) {
            return lid;
        }
        double edge = 0.010;
        double inside = Noise.step(lower - edge / 2, lower + edge / 2, up) * Noise.step(upper, upper - edge, up);
        return lid.mix(eyeball(point, x, y, (upper - up) / 0.05), inside);
    }

    private Rgb lids(Rgb skin, double across, double up, double upper, double lower) {
        double within = Noise.step(1.2, 0.9, Math.abs(across));
        double crease = 0.45 * Noise.bell(up - Math.max(upper, 0.03) - 0.036, 0.010) * within;
        double lashes = 0.88 * Noise.bell(up - upper - 0.004, 0.0085) * within;
        double under = 0.35 * Noise.bell(up - lower + 0.006, 0.008) * within;
        return skin.times((1 - crease) * (1 - lashes) * (1 - under));
    }

    private Rgb eyeball(Point point, double x, double y, double belowLid) {
        double size = actor.identity().face().eyeSize();
        double dx = (x - Math.signum(x) * (HeadShape.EYE_X - 0.004)) / size - 0.045 * expression.gazeX();
        double dy = (y - HeadShape.EYE_Y) / size - 0.010 - 0.025 * expression.gazeY();
        double from = Math.sqrt(dx * dx + dy * dy);
        Rgb white = new Rgb(0.62, 0.56, 0.53);
        double fibre = Noise.value(3, 14 * Math.atan2(dy, dx), 30 * from, 0.5);
        Rgb iris = actor.identity().iris().times((0.75 + 0.5 * fibre) * (1.15 - 0.5 * Noise.step(0.05, 0.075, from)));
        Rgb colour = white.mix(iris, Noise.step(0.078, 0.068, from))
                .mix(new Rgb(0.01, 0.01, 0.01), Noise.step(0.037, 0.030, from));
        double[] n = point.normal();
        double[] ball = unit(new double[] {n[0] + dx / EYE_RADIUS * 0.6, n[1] + dy / EYE_RADIUS * 0.6, n[2]});
        double reach = 0.35 + 0.65 * shadow(point);
        double shade = Noise.step(-0.2, 0.9, belowLid) * 0.65 + 0.35;
        Rgb light = stage.keyColour()
                .times(wrap(dot(ball, key), 0.3) * reach)
                .plus(AMBIENT)
                .plus(stage.fillColour().times(0.6));
        double sparkle = 0.9 * Noise.step(0.026, 0.014, Math.hypot(dx - 0.028 * Math.signum(key[0]), dy - 0.030));
        return colour.times(light).times(shade).plus(stage.keyColour().times(sparkle * reach));
    }

    private double shadow(Point point) {
        double[] p = point.position();
        double[] n = point.normal();
        double lift = n[2] < 0 ? -0.03 : 0.03;
        return shadows.light(p[0] + lift * n[0], p[1] + lift * n[1], p[2] + lift * n[2], scratch);
    }

    private double grain(Point point, double scale, double strength) {
        double[] r = point.rest();
        int seed = actor.identity().seed() + 300;
        return 1 + strength * Noise.fractal(seed, scale * r[0], scale * r[1], scale * r[2], 3);
    }

    private double strands(Point point) {
        double[] r = point.rest();
        int seed = actor.identity().seed() + 310;
        return Math.max(0.15, 1 + 0.9 * Noise.fractal(seed, r[0] * 90, r[1] * 4, 0.5, 3));
    }

    private double half(double[] n) {
        double hx = key[0];
        double hy = key[1];
        double hz = key[2] + 1;
        return Math.max(0, (n[0] * hx + n[1] * hy + n[2] * hz) / Math.sqrt(hx * hx + hy * hy + hz * hz));
    }

    private static double wrap(double facing, double by) {
        return Math.max(0, (facing + by) / (1 + by));
    }

    private static double dot(double[] a, double[] b) {
        return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    }
}

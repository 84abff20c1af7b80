package io.unmask.samples.make;

/** An image in linear light, three floats a pixel. */
record LinearImage(int width, int height, float[] rgb) {
    LinearImage(int width, int height) {
        this(width, height, new float[width * height * 3]);
    }

    void set(int pixel, Rgb colour) {
        rgb[3 * pixel] = (float) colour.r();
        rgb[3 * pixel + 1] = (float) colour.g();
        rgb[3 * pixel + 2] = (float) colour.b();
    }

    /** Separable Gaussian, edges repeated. */
    LinearImage blurred(double sigma) {
        int radius = (int) Math.ceil(2.5 * sigma);
        float[] kernel = new float[2 * radius + 1];
        float sum = 0;
        for (int i = -radius; i <= radius; i++) {
            kernel[i + radius] = (float) Noise.bell(i, sigma);
            sum += kernel[i + radius];
        }
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] /= sum;
        }
        return pass(kernel, true).pass(kernel, false);
    }

    /** Bilinear sample of a channel at pixel centres plus a half, edges repeated. */
    double sample(double x, double y, int channel) {
        double cx = Math.max(0, Math.min(width - 1, x - 0.5));
        double cy = Math.max(0, Math.min(height - 1, y - 0.5));
        int x0 = (int) cx;
        int y0 = (int) cy;
        int x1 = Math.min(width - 1, x0 + 1);
        int y1 = Math.min(height - 1, y0 + 1);
        double fx = cx - x0;
        double fy = cy - y0;
        double top = at(x0, y0, channel) * (1 - fx) + at(x1, y0, channel) * fx;
        double bottom = at(x0, y1, channel) * (1 - fx) + at(x1, y1, channel) * fx;
        return top * (1 - fy) + bottom * fy;
    }

    /** Each block of so many pixels a side becomes one. */
    LinearImage shrunk(int factor) {
        LinearImage small = new LinearImage(width / factor, height / factor);
        float weight = 1f / (factor * factor);
        for (int y = 0; y < small.height * factor; y++) {
            for (int x = 0; x < small.width * factor; x++) {
                int to = (y / factor * small.width + x / factor) * 3;
                int from = (y * width + x) * 3;
                for (int c = 0; c < 3; c++) {
                    small.rgb[to + c] += rgb[from + c] * weight;
                }
            }
        }
        return small;
    }

    private float at(int x, int y, int channel) {
        return rgb[(y * width + x) * 3 + channel];
    }

    private LinearImage pass(float[] kernel, boolean horizontal) {
        int radius = kernel.length / 2;
        LinearImage out = new LinearImage(width, height);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int to = (y * width + x) * 3;
                for (int i = -radius; i <= radius; i++) {
                    int sx = horizontal ? Math.max(0, Math.min(width - 1, x + i)) : x;
                    int sy = horizontal ? y : Math.max(0, Math.min(height - 1, y + i));
                    int from = (sy * width + sx) * 3;
                    float k = kernel[i + radius];
                    out.rgb[to] += k * rgb[from];
                    out.rgb[to + 1] += k * rgb[from + 1];
                    out.rgb[to + 2] += k * rgb[from + 2];
                }
            }
        }
        return out;
    }
}

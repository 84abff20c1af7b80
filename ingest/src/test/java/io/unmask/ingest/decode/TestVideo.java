package io.unmask.ingest.decode;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG4;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_RGB24;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;

import io.unmask.ingest.clip.RgbFrame;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.IntToLongFunction;
import org.bytedeco.javacv.FFmpegFrameRecorder;
import org.bytedeco.javacv.Frame;

/**
 * A small video whose pictures tell which they are and how they stand: red upper left, green upper right, blue lower
 * left, and lower right a grey that counts the frames.
 */
final class TestVideo {
    private static final int LEVEL_STEP = 8;

    private final int frames;
    private int width = 96;
    private int height = 64;
    private int codec = AV_CODEC_ID_MPEG4;
    private int pixelFormat = AV_PIX_FMT_YUV420P;
    private double frameRate = 1000;
    private double pixelAspect = 1;
    private int betweenFrames;
    private boolean interlaced;
    private boolean noisy;
    private boolean faststart;
    private IntToLongFunction stampMicros = n -> n * 1_000_000L / 30;

    private TestVideo(int frames) {
        this.frames = frames;
    }

    static TestVideo of(int frames) {
        return new TestVideo(frames);
    }

    TestVideo size(int newWidth, int newHeight) {
        width = newWidth;
        height = newHeight;
        return this;
    }

    TestVideo codec(int newCodec, int newPixelFormat) {
        codec = newCodec;
        pixelFormat = newPixelFormat;
        return this;
    }

    TestVideo stamps(IntToLongFunction newStampMicros) {
        stampMicros = newStampMicros;
        return this;
    }

    TestVideo frameRate(double newFrameRate) {
        frameRate = newFrameRate;
        return this;
    }

    TestVideo pixelAspect(double newPixelAspect) {
        pixelAspect = newPixelAspect;
        return this;
    }

    /** Up to so many frames in a row refer to those around them, and none to these. */
    TestVideo betweenFrames(int most) {
        betweenFrames = most;
        return this;
    }

    /** White lines alternate with black ones, and the stream says that they are two fields. */
    TestVideo interlaced() {
        interlaced = true;
        return frameRate(25).stamps(n -> n * 40_000L);
    }

    /** Every frame costs bytes, so that damage anywhere hits pictures. */
    TestVideo noisy() {
        noisy = true;
        return this;
    }

    /** An MP4's index comes first, so that a truncated file can be opened. */
    TestVideo faststart() {
        faststart = true;
        return this;
    }

    /** Index of the frame that a sampled picture shows, from the grey level of its lower right quarter. */
    static int index(RgbFrame picture) {
        return Math.round((rgb(picture, 0.75, 0.75)[0] - 16) / (float) LEVEL_STEP);
    }

    /** Mean colour around a point given by its share of width and height. */
    static int[] rgb(RgbFrame picture, double x, double y) {
        int[] sum = new int[3];
        for (int dy = -1; dy <= 1; dy++) {
            for (int dx = -1; dx <= 1; dx++) {
                int at = ((int) (y * picture.height()) + dy) * picture.width() + (int) (x * picture.width()) + dx;
                for (int c = 0; c < 3; c++) {
                    sum[c] += picture.rgb()[at * 3 + c] & 0xff;
                }
            }
        }
        return new int[] {sum[0] / 9, sum[1] / 9, sum[2] / 9};
    }

    Path write(Path file) throws Exception {
        Ffmpeg.load();
        try (FFmpegFrameRecorder recorder = new FFmpegFrameRecorder(file.toFile(), width, height)) {
            recorder.setVideoCodec(codec);
            recorder.setPixelFormat(pixelFormat);
            recorder.setFrameRate(frameRate);
            recorder.setAspectRatio(pixelAspect == 1 ? 0 : pixelAspect);
            recorder.setVideoQuality(2);
            recorder.setGopSize(12);
            if (betweenFrames > 0) {
                recorder.setMaxBFrames(betweenFrames);
                recorder.setVideoOption("bf", "" + betweenFrames);
                recorder.setVideoOption("b_strategy", "0");
            }
            if (interlaced) {
                recorder.setVideoOption("flags", "+ildct+ilme");
            }
            if (faststart) {
                recorder.setOption("movflags", "faststart");
            }
            recorder.start();
            for (int n = 0; n < frames; n++) {
                recorder.setTimestamp(stampMicros.applyAsLong(n));
                try (Frame frame = picture(n)) {
                    recorder.record(frame, AV_PIX_FMT_RGB24);
                }
            }
        }
        return file;
    }

    private Frame picture(int n) {
        Frame frame = new Frame(width, height, Frame.DEPTH_UBYTE, 3);
        ByteBuffer pixels = (ByteBuffer) frame.image[0];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int[] colour = colour(n, x, y);
                for (int c = 0; c < 3; c++) {
                    pixels.put(y * frame.imageStride + x * 3 + c, (byte) colour[c]);
                }
            }
        }
        return frame;
    }

    private int[] colour(int n, int x, int y) {
        if (interlaced) {
            int level = y % 2 == 0 ? 255 : 0;
            return new int[] {level, level, level};
        }
        if (noisy) {
            int level = (((n * 7919 + x * 104_729 + y * 1_299_709) * 31) >>> 7) & 0xff;
            return new int[] {level, level, 255 - level};
        }
        int grey = 16 + ((n * LEVEL_STEP) % 240);
        int[][] quarters = {{200, 0, 0}, {0, 200, 0}, {0, 0, 200}, {grey, grey, grey}};
        return quarters[(y * 2 / height) * 2 + x * 2 / width];
    }
}

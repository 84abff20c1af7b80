package io.unmask.ingest.decode;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG4;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_RGB24;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;

import io.unmask.ingest.clip.RgbFrame;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.IntToLongFunction;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacv.FFmpegFrameRecorder;
import org.bytedeco.javacv.Frame;

/**
 * A small video whose pictures tell which they are and how they stand: red upper left, green upper right, blue lower
 * left, and lower right a grey that counts the frames.
 */
record TestVideo(int width, int height, int frames, int codec, int pixelFormat, IntToLongFunction stampMicros) {
    static final int LEVEL_STEP = 8;

    static TestVideo of(int frames) {
        return new TestVideo(96, 64, frames, AV_CODEC_ID_MPEG4, AV_PIX_FMT_YUV420P, n -> n * 1_000_000L / 30);
    }

    TestVideo size(int newWidth, int newHeight) {
        return new TestVideo(newWidth, newHeight, frames, codec, pixelFormat, stampMicros);
    }

    TestVideo codec(int newCodec, int newPixelFormat) {
        return new TestVideo(width, height, frames, newCodec, newPixelFormat, stampMicros);
    }

    TestVideo stamps(IntToLongFunction newStampMicros) {
        return new TestVideo(width, height, frames, codec, pixelFormat, newStampMicros);
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
        avutil.av_log_set_level(avutil.AV_LOG_QUIET);
        try (FFmpegFrameRecorder recorder = new FFmpegFrameRecorder(file.toFile(), width, height)) {
            recorder.setVideoCodec(codec);
            recorder.setPixelFormat(pixelFormat);
            recorder.setFrameRate(1000);
            recorder.setVideoQuality(2);
            recorder.setGopSize(12);
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
        int grey = 16 + n * LEVEL_STEP % 240;
        int[][] quarters = {{200, 0, 0}, {0, 200, 0}, {0, 0, 200}, {grey, grey, grey}};
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int[] colour = quarters[(y * 2 / height) * 2 + x * 2 / width];
                for (int c = 0; c < 3; c++) {
                    pixels.put(y * frame.imageStride + x * 3 + c, (byte) colour[c]);
                }
            }
        }
        return frame;
    }
}

package io.unmask.samples.make;

import io.unmask.ingest.clip.RgbFrame;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacv.FFmpegFrameRecorder;
import org.bytedeco.javacv.Frame;
import org.bytedeco.javacv.FrameRecorder;

/** Encodes frames as H.264 in MP4 with one thread, so that the same frames give the same file. */
public final class ClipEncoder implements AutoCloseable {
    private static final int BITS_PER_SECOND = 520_000;

    private final FFmpegFrameRecorder recorder;

    /** @param fps frames a second */
    public ClipEncoder(Path file, int width, int height, double fps) throws FrameRecorder.Exception {
        avutil.av_log_set_level(avutil.AV_LOG_ERROR);
        recorder = new FFmpegFrameRecorder(file.toString(), width, height);
        recorder.setFormat("mp4");
        recorder.setVideoCodec(avcodec.AV_CODEC_ID_H264);
        recorder.setVideoCodecName("libopenh264");
        recorder.setPixelFormat(avutil.AV_PIX_FMT_YUV420P);
        recorder.setFrameRate(fps);
        recorder.setGopSize(50);
        recorder.setVideoBitrate(BITS_PER_SECOND);
        recorder.setVideoOption("threads", "1");
        // The index in front: a clip that is cut short can still be read up to there.
        recorder.setOption("movflags", "+faststart");
        recorder.start();
    }

    public void write(RgbFrame frame) throws FrameRecorder.Exception {
        try (Frame image = new Frame(frame.width(), frame.height(), Frame.DEPTH_UBYTE, 3)) {
            ByteBuffer pixels = (ByteBuffer) image.image[0];
            int row = 3 * frame.width();
            for (int y = 0; y < frame.height(); y++) {
                pixels.position(y * image.imageStride);
                pixels.put(frame.rgb(), y * row, row);
            }
            recorder.record(image, avutil.AV_PIX_FMT_RGB24);
        }
    }

    @Override
    public void close() throws FrameRecorder.Exception {
        try (recorder) {
            recorder.stop();
        }
    }
}

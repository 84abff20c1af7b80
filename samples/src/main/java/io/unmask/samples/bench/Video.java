package io.unmask.samples.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacv.FFmpegFrameGrabber;
import org.bytedeco.javacv.FrameGrabber;

/**
 * A file to measure on.
 *
 * @param frames that its video stream holds, by its packets: a decoder may leave some out
 */
record Video(Path file, long frames, int width, int height, double framesPerSecond) {

    /** @throws BenchException when it is no video */
    static Video of(Path file) throws BenchException {
        if (!Files.isRegularFile(file)) {
            throw new BenchException(file + ": no such file");
        }
        avutil.av_log_set_level(avutil.AV_LOG_ERROR);
        try (FFmpegFrameGrabber grabber = new FFmpegFrameGrabber(file.toFile())) {
            grabber.start();
            if (!grabber.hasVideo()) {
                throw new BenchException(file + ": holds no video");
            }
            Video video = new Video(
                    file, packets(grabber), grabber.getImageWidth(), grabber.getImageHeight(), grabber.getFrameRate());
            grabber.stop();
            return video;
        } catch (FrameGrabber.Exception e) {
            throw new BenchException(file + ": cannot be read as a video: " + e.getMessage(), e);
        }
    }

    private static long packets(FFmpegFrameGrabber grabber) throws FrameGrabber.Exception {
        int stream = grabber.getVideoStream();
        long packets = 0;
        for (AVPacket packet = grabber.grabPacket(); packet != null; packet = grabber.grabPacket()) {
            if (packet.stream_index() == stream) {
                packets++;
            }
        }
        return packets;
    }

    String text() {
        return "%s, %dx%d, %d frames".formatted(file.getFileName(), width, height, frames);
    }
}

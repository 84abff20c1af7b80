package io.unmask.detector.cli;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_AAC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_H264;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG4;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_PRI_BT2020;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT2020_NCL;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_BGR24;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;

import java.nio.ShortBuffer;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacv.FFmpegFrameFilter;
import org.bytedeco.javacv.FFmpegFrameGrabber;
import org.bytedeco.javacv.FFmpegFrameRecorder;
import org.bytedeco.javacv.Frame;

/** Makes the videos that no camera should make. */
final class Videos {
    private static final int SOUND_HZ = 16_000;

    private Videos() {}

    /**
     * Films a clip again.
     *
     * @param filter what befalls the pictures, as FFmpeg's {@code -vf} names it
     * @param frames how many of the clip's frames are taken
     */
    static Path of(Path clip, String filter, int frames, Path file) throws Exception {
        try (FFmpegFrameGrabber grabber = new FFmpegFrameGrabber(clip.toFile())) {
            grabber.setPixelFormat(AV_PIX_FMT_BGR24);
            grabber.start();
            try (FFmpegFrameFilter chain =
                    new FFmpegFrameFilter(filter, grabber.getImageWidth(), grabber.getImageHeight())) {
                chain.setPixelFormat(AV_PIX_FMT_BGR24);
                chain.start();
                chain.push(grabber.grabImage());
                Frame first = chain.pullImage();
                try (FFmpegFrameRecorder recorder =
                        new FFmpegFrameRecorder(file.toFile(), first.imageWidth, first.imageHeight)) {
                    recorder.setVideoCodec(AV_CODEC_ID_MPEG4);
                    recorder.setPixelFormat(AV_PIX_FMT_YUV420P);
                    recorder.setFrameRate(grabber.getFrameRate());
                    recorder.setVideoQuality(2);
                    recorder.start();
                    recorder.record(first, AV_PIX_FMT_BGR24);
                    for (int n = 1; n < frames; n++) {
                        chain.push(grabber.grabImage());
                        recorder.record(chain.pullImage(), AV_PIX_FMT_BGR24);
                    }
                }
            }
        }
        return file;
    }

    /** So many frames of one clip, then of another of the same size. */
    static Path spliced(Path first, int ofFirst, Path second, int ofSecond, Path file) throws Exception {
        try (FFmpegFrameGrabber before = new FFmpegFrameGrabber(first.toFile());
                FFmpegFrameGrabber after = new FFmpegFrameGrabber(second.toFile())) {
            before.start();
            after.start();
            try (FFmpegFrameRecorder recorder =
                    new FFmpegFrameRecorder(file.toFile(), before.getImageWidth(), before.getImageHeight())) {
                recorder.setVideoCodec(AV_CODEC_ID_H264);
                recorder.setVideoCodecName("libopenh264");
                recorder.setPixelFormat(AV_PIX_FMT_YUV420P);
                recorder.setFrameRate(before.getFrameRate());
                recorder.setVideoBitrate(4_000_000);
                recorder.start();
                for (int n = 0; n < ofFirst + ofSecond; n++) {
                    recorder.record((n < ofFirst ? before : after).grabImage());
                }
            }
        }
        return file;
    }

    /** Copies a clip's pictures as they are coded, but for one packet that is lost. */
    static Path losing(int packet, Path clip, Path file) throws Exception {
        try (FFmpegFrameGrabber grabber = new FFmpegFrameGrabber(clip.toFile())) {
            grabber.start();
            try (FFmpegFrameRecorder recorder =
                    new FFmpegFrameRecorder(file.toFile(), grabber.getImageWidth(), grabber.getImageHeight())) {
                recorder.start(grabber.getFormatContext());
                int index = 0;
                for (AVPacket next = grabber.grabPacket(); next != null; next = grabber.grabPacket()) {
                    if (next.stream_index() == grabber.getVideoStream() && index++ != packet) {
                        recorder.recordPacket(next);
                    }
                }
            }
        }
        return file;
    }

    /** Copies a clip's pictures as they are coded, and says that they are of BT.2020 with another transfer (ITU-T H.273). */
    static Path retagged(int transfer, Path clip, Path file) throws Exception {
        try (FFmpegFrameGrabber grabber = new FFmpegFrameGrabber(clip.toFile())) {
            grabber.start();
            grabber.getFormatContext()
                    .streams(grabber.getVideoStream())
                    .codecpar()
                    .color_primaries(AVCOL_PRI_BT2020)
                    .color_trc(transfer)
                    .color_space(AVCOL_SPC_BT2020_NCL);
            try (FFmpegFrameRecorder recorder =
                    new FFmpegFrameRecorder(file.toFile(), grabber.getImageWidth(), grabber.getImageHeight())) {
                recorder.start(grabber.getFormatContext());
                for (AVPacket next = grabber.grabPacket(); next != null; next = grabber.grabPacket()) {
                    recorder.recordPacket(next);
                }
            }
        }
        return file;
    }

    /** Copies a clip's pictures as they are coded, those from one packet on, a key frame's, later by so much. */
    static Path withHole(int packet, long holeMicros, Path clip, Path file) throws Exception {
        try (FFmpegFrameGrabber grabber = new FFmpegFrameGrabber(clip.toFile())) {
            grabber.start();
            try (FFmpegFrameRecorder recorder =
                    new FFmpegFrameRecorder(file.toFile(), grabber.getImageWidth(), grabber.getImageHeight())) {
                recorder.start(grabber.getFormatContext());
                AVRational unit = grabber.getFormatContext()
                        .streams(grabber.getVideoStream())
                        .time_base();
                long later = holeMicros * unit.den() / (unit.num() * 1_000_000L);
                int index = 0;
                for (AVPacket next = grabber.grabPacket(); next != null; next = grabber.grabPacket()) {
                    if (index++ >= packet) {
                        next.pts(next.pts() + later).dts(next.dts() + later);
                    }
                    recorder.recordPacket(next);
                }
            }
        }
        return file;
    }

    /** One second of silence. */
    static Path onlySound(Path file) throws Exception {
        try (FFmpegFrameRecorder recorder = new FFmpegFrameRecorder(file.toFile(), 1)) {
            recorder.setAudioCodec(AV_CODEC_ID_AAC);
            recorder.setSampleRate(SOUND_HZ);
            recorder.start();
            recorder.recordSamples(SOUND_HZ, 1, ShortBuffer.allocate(SOUND_HZ));
        }
        return file;
    }
}

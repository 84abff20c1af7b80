package io.unmask.ingest.decode;

import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_JPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_RGB;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_RGB24;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV422P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ422P;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_ref;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BILINEAR;
import static org.bytedeco.ffmpeg.global.swscale.sws_alloc_context;
import static org.bytedeco.ffmpeg.global.swscale.sws_free_context;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale_frame;

import io.unmask.ingest.clip.Picture;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;

/**
 * A decoded frame as it lies in memory: its first plane is the brightness, and the part whose colours are asked for is
 * converted alone. Takes frame after frame; each is held until the next. The decoding thread writes it when nobody reads
 * it any more.
 */
final class PlanarPicture implements Picture {
    /** Parts start at multiples of this, so that their colours are those of the whole picture converted at once. */
    private static final int ALIGNED_PX = 32;

    /** And their sides are multiples of this, so that FFmpeg seldom prepares itself for another size. */
    private static final int STEP_PX = 64;

    static final int PLANES = 3;

    private final SwsContext scaler = sws_alloc_context();
    private final AVFrame frame = av_frame_alloc();
    private final AVFrame part = av_frame_alloc();
    private final AVFrame rgb = av_frame_alloc();

    PlanarPicture() {
        scaler.flags(SWS_BILINEAR);
    }

    /** Whether the frame's planes can be shown as they are. */
    static boolean canTake(AVFrame frame) {
        return canTake(frame.format(), frame.width(), frame.height()) && frame.linesize(0) > 0;
    }

    static boolean canTake(int format, int width, int height) {
        boolean planar = format == AV_PIX_FMT_YUV420P
                || format == AV_PIX_FMT_YUVJ420P
                || format == AV_PIX_FMT_YUV422P
                || format == AV_PIX_FMT_YUVJ422P;
        return planar && width % 2 == 0 && height % 2 == 0;
    }

    static int planeWidth(AVFrame frame, int plane) {
        return plane == 0 ? frame.width() : frame.width() / 2;
    }

    static int planeHeight(AVFrame frame, int plane) {
        return plane == 0 || !isHalved(frame) ? frame.height() : frame.height() / 2;
    }

    /** Whether colours have half as many lines, and not only half as many columns. */
    private static boolean isHalved(AVFrame frame) {
        return frame.format() == AV_PIX_FMT_YUV420P || frame.format() == AV_PIX_FMT_YUVJ420P;
    }

    AVFrame frame() {
        return frame;
    }

    /** Holds the frame in place of the one before. */
    void take(AVFrame decoded) {
        av_frame_unref(frame);
        av_frame_ref(frame, decoded);
    }

    @Override
    public int width() {
        return frame.width();
    }

    @Override
    public int height() {
        return frame.height();
    }

    @Override
    public Pixels luma() {
        int stride = frame.linesize(0);
        return pixels(frame.data(0), 0, stride, stride * (height() - 1) + width());
    }

    @Override
    public Pixels rgb(int left, int top, int width, int height) {
        int x = left / ALIGNED_PX * ALIGNED_PX;
        int y = top / 2 * 2;
        int partWidth = Math.min(width() - x, stepped(left + width - x));
        int partHeight = Math.min(height() - y, stepped(top + height - y));
        prepare(partWidth, partHeight);
        cut(x, y, partWidth, partHeight);
        int code = sws_scale_frame(scaler, rgb, part);
        av_frame_unref(part);
        if (code < 0) {
            throw new IllegalStateException("the picture's colours cannot be converted: " + Ffmpeg.errorText(code));
        }
        int stride = rgb.linesize(0);
        int start = (top - y) * stride + (left - x) * 3;
        return pixels(rgb.data(0), start, stride, start + (height - 1) * stride + width * 3);
    }

    private static int stepped(int side) {
        return (side + STEP_PX - 1) / STEP_PX * STEP_PX;
    }

    private static Pixels pixels(BytePointer plane, int start, int stride, int end) {
        return new Pixels(plane.capacity(end).asByteBuffer().position(start), stride);
    }

    private void prepare(int partWidth, int partHeight) {
        if (rgb.width() == partWidth && rgb.height() == partHeight) {
            return;
        }
        av_frame_unref(rgb);
        rgb.format(AV_PIX_FMT_RGB24).width(partWidth).height(partHeight);
        rgb.colorspace(AVCOL_SPC_RGB).color_range(AVCOL_RANGE_JPEG);
        int code = av_frame_get_buffer(rgb, 0);
        if (code < 0) {
            throw new IllegalStateException("a picture of " + partWidth + "x" + partHeight
                    + " does not fit into memory: " + Ffmpeg.errorText(code));
        }
    }

    private void cut(int x, int y, int partWidth, int partHeight) {
        av_frame_ref(part, frame);
        for (int plane = 0; plane < PLANES; plane++) {
            int across = plane == 0 ? x : x / 2;
            int down = plane == 0 || !isHalved(frame) ? y : y / 2;
            part.data(plane, frame.data(plane).position((long) down * frame.linesize(plane) + across));
        }
        part.width(partWidth).height(partHeight);
    }

    void close() {
        av_frame_free(rgb);
        av_frame_free(part);
        av_frame_free(frame);
        sws_free_context(scaler);
    }
}

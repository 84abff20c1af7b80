package io.unmask.ingest.decode;

import static org.bytedeco.ffmpeg.global.avutil.AVCOL_PRI_UNSPECIFIED;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_JPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_MPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_RGB;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_TRC_UNSPECIFIED;
import static org.bytedeco.ffmpeg.global.avutil.AV_FRAME_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_GBRP16;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_RGB24;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_side_data;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_ref;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;
import static org.bytedeco.ffmpeg.global.avutil.av_get_pix_fmt_name;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BILINEAR;
import static org.bytedeco.ffmpeg.global.swscale.sws_alloc_context;
import static org.bytedeco.ffmpeg.global.swscale.sws_free_context;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale_frame;

import io.unmask.ingest.clip.Picture;
import io.unmask.ingest.clip.RgbFrame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;

/**
 * Turns a decoded frame into an upright picture with square pixels, in the colours that a viewer sees. One that is so already
 * is held as it is. Any other becomes RGB: alpha is dropped, 10 bits become 8, an interlaced frame gives its first field. The
 * picture is overwritten by the next. Used by the decoding thread only.
 */
final class PictureConverter {
    // libavutil/frame.h, AV_FRAME_FLAG_INTERLACED: JavaCPP does not map macros inside a struct.
    private static final int INTERLACED = 1 << 3;
    private static final int MAX_PLANES = 4;

    private final long maxPixels;
    private final long mostConverted;
    private final SwsContext scaler = sws_alloc_context();
    private final AVFrame rgb = av_frame_alloc();
    private final AVFrame field = av_frame_alloc();
    private final PlanarPicture planar = new PlanarPicture();
    private ColourTags mapped = new ColourTags(false, AVCOL_SPC_RGB, AVCOL_PRI_UNSPECIFIED, AVCOL_TRC_UNSPECIFIED);
    private Optional<ToneMap> toneMap = Optional.empty();
    private boolean isLimitedGrey;
    private short[][] wideRow = new short[3][0];
    private byte[] row = new byte[0];
    private byte[] upright = new byte[0];

    /**
     * @param maxPixels beyond which square pixels are made by shrinking a side instead of growing the other
     * @param mostConverted pixels of a picture that becomes RGB
     */
    PictureConverter(long maxPixels, long mostConverted) {
        this.maxPixels = maxPixels;
        this.mostConverted = mostConverted;
        scaler.flags(SWS_BILINEAR);
    }

    /**
     * @param pixelAspect width of a pixel over its height
     * @throws SourceException when FFmpeg cannot convert this kind of frame
     */
    Picture convert(AVFrame frame, AVRational pixelAspect) throws SourceException {
        PictureSize size = PictureSize.withSquarePixels(
                frame.width(), frame.height(), pixelAspect.num(), pixelAspect.den(), maxPixels);
        boolean interlaced = (frame.flags() & INTERLACED) != 0 && frame.height() > 1;
        Orientation orientation = orientation(frame);
        ColourTags tags = ColourTags.of(frame);
        toneMapFor(tags);
        tags.applyTo(frame);
        isLimitedGrey = tags.isGrey() && frame.color_range() == AVCOL_RANGE_MPEG;
        if (!interlaced
                && toneMap.isEmpty()
                && orientation.equals(Orientation.UPRIGHT)
                && size.equals(new PictureSize(frame.width(), frame.height()))
                && PlanarPicture.canTake(frame)) {
            planar.take(frame);
            return planar;
        }
        prepare(size);
        int code = sws_scale_frame(scaler, rgb, interlaced ? firstField(frame) : frame);
        av_frame_unref(field);
        if (code < 0) {
            BytePointer format = av_get_pix_fmt_name(frame.format());
            throw SourceException.fatal("pixel format " + (format == null ? frame.format() : format.getString())
                    + " cannot be converted: " + Ffmpeg.errorText(code) + "; convert the video");
        }
        return copyUpright(size, orientation);
    }

    /** Whether the colours of the last picture were not an ordinary screen's and had to be mapped. */
    boolean hasMappedColours() {
        return toneMap.isPresent();
    }

    private void toneMapFor(ColourTags tags) {
        if (!tags.equals(mapped)) {
            toneMap = ToneMap.of(tags);
            mapped = tags;
        }
    }

    private void prepare(PictureSize size) throws SourceException {
        int format = toneMap.isPresent() ? AV_PIX_FMT_GBRP16 : AV_PIX_FMT_RGB24;
        if (rgb.width() == size.width() && rgb.height() == size.height() && rgb.format() == format) {
            return;
        }
        if (size.pixels() > mostConverted) {
            throw SourceException.fatal("its pictures grow to " + size.width() + "x" + size.height()
                    + " on the way, too many pixels to be held at once; convert the video to one size");
        }
        av_frame_unref(rgb);
        rgb.format(format).width(size.width()).height(size.height());
        rgb.colorspace(AVCOL_SPC_RGB).color_range(AVCOL_RANGE_JPEG);
        int code = av_frame_get_buffer(rgb, 0);
        if (code < 0) {
            throw SourceException.fatal("picture of " + size.width() + "x" + size.height()
                    + " does not fit into memory: " + Ffmpeg.errorText(code) + "; lower source.max-pixels");
        }
        row = new byte[size.width() * 3];
        wideRow = new short[3][toneMap.isPresent() ? size.width() : 0];
        upright = new byte[size.width() * size.height() * 3];
    }

    /** Every second line; converting both fields together would leave combs at the edges of whatever moves. */
    private AVFrame firstField(AVFrame frame) {
        av_frame_ref(field, frame);
        for (int plane = 0; plane < MAX_PLANES; plane++) {
            field.linesize(plane, frame.linesize(plane) * 2);
        }
        field.height(frame.height() / 2);
        field.flags(frame.flags() & ~INTERLACED);
        return field;
    }

    private static Orientation orientation(AVFrame frame) {
        AVFrameSideData matrix = av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);
        if (matrix == null || matrix.size() < 9 * Integer.BYTES) {
            return Orientation.UPRIGHT;
        }
        ByteBuffer bytes = matrix.data().capacity(matrix.size()).asByteBuffer();
        return Orientation.of(bytes.order(ByteOrder.nativeOrder()).asIntBuffer());
    }

    private RgbFrame copyUpright(PictureSize size, Orientation orientation) {
        PictureSize turned = orientation.swapsSides() ? size.turned() : size;
        for (int y = 0; y < size.height(); y++) {
            readRow(y, size.height());
            if (orientation.equals(Orientation.UPRIGHT)) {
                System.arraycopy(row, 0, upright, y * row.length, row.length);
            } else {
                int start =
                        orientation.origin(turned.width(), turned.height()) + y * orientation.stepDown(turned.width());
                scatter(start, orientation.stepRight(turned.width()));
            }
        }
        return new RgbFrame(turned.width(), turned.height(), upright);
    }

    private void readRow(int y, int height) {
        if (toneMap.isPresent()) {
            for (int plane = 0; plane < wideRow.length; plane++) {
                plane(plane, height)
                        .position(y * rgb.linesize(plane))
                        .slice()
                        .order(ByteOrder.nativeOrder())
                        .asShortBuffer()
                        .get(wideRow[plane]);
            }
            toneMap.get().map(wideRow[2], wideRow[0], wideRow[1], row);
        } else {
            plane(0, height).get(y * rgb.linesize(0), row);
        }
        if (isLimitedGrey) {
            widen();
        }
    }

    private ByteBuffer plane(int plane, int height) {
        return rgb.data(plane).capacity((long) rgb.linesize(plane) * height).asByteBuffer();
    }

    /** From video levels, 16 to 235, to all: the scaler takes grey for full range whatever it says. */
    private void widen() {
        for (int i = 0; i < row.length; i++) {
            row[i] = (byte) Math.max(0, Math.min(255, Math.round(((row[i] & 255) - 16) * 255 / 219f)));
        }
    }

    private void scatter(int start, int step) {
        int to = start * 3;
        for (int from = 0; from < row.length; from += 3) {
            upright[to] = row[from];
            upright[to + 1] = row[from + 1];
            upright[to + 2] = row[from + 2];
            to += step * 3;
        }
    }

    void close() {
        planar.close();
        av_frame_free(field);
        av_frame_free(rgb);
        sws_free_context(scaler);
    }
}

package io.unmask.ingest.decode;

import io.unmask.ingest.clip.Captured;
import io.unmask.ingest.clip.Coverage.Omitted;
import io.unmask.ingest.clip.Picture;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.OptionalLong;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/** Writes what a source yields for {@link PictureReader}, which says what a message is made of. Thread-safe. */
final class PictureWriter {
    private static final int BUFFER_BYTES = 1 << 16;

    private final DataOutputStream out;
    private byte[] plane = new byte[0];

    PictureWriter(OutputStream out) {
        this.out = new DataOutputStream(new BufferedOutputStream(out, BUFFER_BYTES));
    }

    synchronized void alive() throws IOException {
        out.writeByte(PictureReader.ALIVE);
        out.flush();
    }

    synchronized void opened(OptionalLong durationMicros) throws IOException {
        out.writeByte(PictureReader.OPENED);
        out.writeLong(durationMicros.orElse(-1L));
        out.flush();
    }

    synchronized void picture(SampledPicture picture, Counts counts) throws IOException {
        out.writeByte(picture.shown().isPresent() ? PictureReader.PICTURE : PictureReader.DAMAGED);
        out.writeLong(picture.timeMicros());
        out.writeUTF(picture.captured().map(known -> known.by().name()).orElse(PictureReader.UNKNOWN));
        out.writeLong(picture.captured().map(Captured::epochMicros).orElse(0L));
        write(counts);
        if (picture.shown().isPresent()) {
            write(picture.picture());
        }
        out.flush();
    }

    synchronized void end(Counts counts) throws IOException {
        out.writeByte(PictureReader.END);
        write(counts);
        out.flush();
    }

    synchronized void failed(SourceException why, Counts counts) throws IOException {
        out.writeByte(PictureReader.FAILED);
        write(counts);
        out.writeBoolean(why.retriable());
        out.writeUTF(why.getMessage());
        out.flush();
    }

    private void write(Counts counts) throws IOException {
        out.writeLong(counts.decoded());
        out.writeLong(counts.sampled());
        out.writeLong(counts.damaged());
        out.writeLong(counts.tainted());
        out.writeLong(counts.colourMapped());
        out.writeLong(counts.passedOver());
        out.writeInt(counts.omitted().size());
        for (Omitted part : counts.omitted()) {
            out.writeUTF(part.what());
            out.writeUTF(part.why());
        }
    }

    private void write(Picture picture) throws IOException {
        out.writeInt(picture.width());
        out.writeInt(picture.height());
        if (picture instanceof PlanarPicture planar) {
            write(planar.frame());
        } else {
            out.writeInt(PictureReader.RGB);
            Picture.Pixels rgb = picture.rgb(0, 0, picture.width(), picture.height());
            plane = sized(plane, picture.width() * 3);
            for (int y = 0; y < picture.height(); y++) {
                rgb.bytes().get(rgb.bytes().position() + y * rgb.stride(), plane, 0, picture.width() * 3);
                out.write(plane, 0, picture.width() * 3);
            }
        }
    }

    private void write(AVFrame frame) throws IOException {
        out.writeInt(frame.format());
        out.writeInt(frame.colorspace());
        out.writeInt(frame.color_range());
        for (int i = 0; i < PlanarPicture.PLANES; i++) {
            int width = PlanarPicture.planeWidth(frame, i);
            int height = PlanarPicture.planeHeight(frame, i);
            plane = sized(plane, width * height);
            for (int y = 0; y < height; y++) {
                frame.data(i).position((long) y * frame.linesize(i)).get(plane, y * width, width);
            }
            out.write(plane, 0, width * height);
        }
    }

    static byte[] sized(byte[] bytes, int atLeast) {
        return bytes.length >= atLeast ? bytes : new byte[atLeast];
    }
}

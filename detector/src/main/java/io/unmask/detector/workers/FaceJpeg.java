package io.unmask.detector.workers;

import io.unmask.ingest.clip.RgbFrame;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.w3c.dom.NodeList;

/** Face pictures as JPEG with colours at full resolution, because a forgery may show in the colours alone. */
final class FaceJpeg {
    private static final String FORMAT = "javax_imageio_jpeg_image_1.0";
    private static final int MAX_SIDE = 1024;

    private FaceJpeg() {}

    /** @param quality 0 to 1 */
    static byte[] encode(RgbFrame picture, double quality) {
        BufferedImage image = picture.image();
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            parameters.setCompressionQuality((float) quality);
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, fullColour(writer, image, parameters)), parameters);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /** @throws IOException when the bytes are no JPEG, or the picture is larger than a face can be */
    static RgbFrame decode(byte[] jpeg) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(jpeg))) {
            reader.setInput(in);
            // Checked before decoding, because a few bytes can declare more pixels than fit into memory.
            if (Math.max(reader.getWidth(0), reader.getHeight(0)) > MAX_SIDE) {
                throw new IOException("a face's picture is larger than " + MAX_SIDE + " px");
            }
            return RgbFrame.of(reader.read(0));
        } finally {
            reader.dispose();
        }
    }

    /** Metadata that keeps the colours' resolution, which the writer halves by default. */
    private static IIOMetadata fullColour(ImageWriter writer, BufferedImage image, ImageWriteParam parameters)
            throws IOException {
        IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(image), parameters);
        IIOMetadataNode tree = (IIOMetadataNode) metadata.getAsTree(FORMAT);
        NodeList components = tree.getElementsByTagName("componentSpec");
        for (int i = 0; i < components.getLength(); i++) {
            IIOMetadataNode component = (IIOMetadataNode) components.item(i);
            component.setAttribute("HsamplingFactor", "1");
            component.setAttribute("VsamplingFactor", "1");
        }
        metadata.setFromTree(FORMAT, tree);
        return metadata;
    }
}

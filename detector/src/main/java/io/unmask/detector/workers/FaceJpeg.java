package io.unmask.detector.workers;

import io.unmask.ingest.clip.RgbFrame;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.w3c.dom.NodeList;

/** Face pictures as JPEG, with colours at full resolution: what gives a forgery away may stand in them alone. */
final class FaceJpeg {
    private static final String FORMAT = "javax_imageio_jpeg_image_1.0";

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

    /** @throws IOException when it is no picture */
    static RgbFrame decode(byte[] jpeg) throws IOException {
        BufferedImage image = ImageIO.read(new MemoryCacheImageInputStream(new ByteArrayInputStream(jpeg)));
        if (image == null) {
            throw new IOException("a face's picture is no JPEG");
        }
        return RgbFrame.of(image);
    }

    /** The writer would halve the colours' resolution. */
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

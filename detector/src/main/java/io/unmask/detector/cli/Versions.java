package io.unmask.detector.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The versions of unmask, the model that ships and the libraries, as their jars tell them. */
final class Versions implements IVersionProvider {
    private static final String MAVEN = "/META-INF/maven/%s/pom.properties";

    /** Of this build. */
    static String unmask() {
        String version = UnmaskCommand.class.getPackage().getImplementationVersion();
        return version == null ? "(development build)" : version;
    }

    @Override
    public String[] getVersion() throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("unmask " + unmask());
        lines.add(ShippedModel.describe());
        lines.add("Java " + Runtime.version() + " on " + System.getProperty("os.name") + " "
                + System.getProperty("os.arch"));
        add(lines, "FFmpeg", MAVEN.formatted("org.bytedeco/ffmpeg"));
        add(lines, "OpenCV", MAVEN.formatted("org.bytedeco/opencv"));
        add(lines, "JavaCV", MAVEN.formatted("org.bytedeco/javacv"));
        add(lines, "TensorFlow Java", MAVEN.formatted("org.tensorflow/tensorflow-core-native"));
        add(lines, "Kafka", "/kafka/kafka-version.properties");
        return lines.toArray(String[]::new);
    }

    private static void add(List<String> lines, String name, String resource) throws IOException {
        try (InputStream in = Versions.class.getResourceAsStream(resource)) {
            if (in != null) {
                Properties properties = new Properties();
                properties.load(in);
                lines.add(name + " " + properties.getProperty("version"));
            }
        }
    }
}

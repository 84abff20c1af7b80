package io.unmask.model.spec;

import io.unmask.config.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * A SavedModel's identity: SHA-256 over {@code saved_model.pb} and the files of {@code variables/}. By relative name in
 * order, each adds its name (UTF-8), its length (eight bytes, big-endian) and its bytes.
 */
public final class ModelDigest {
    public static final String GRAPH = "saved_model.pb";
    public static final String VARIABLES = "variables";
    /** The weights that another training can start from. They lie beside the SavedModel and are not part of its identity. */
    public static final String WEIGHTS = "weights.safetensors";

    private ModelDigest() {}

    /** Digest of a SavedModel directory, in lower-case hexadecimal. */
    public static String of(Path directory) throws IOException {
        var sha = Sha256.digest();
        try (var sink = new DigestOutputStream(OutputStream.nullOutputStream(), sha)) {
            for (Path file : files(directory)) {
                sink.write(name(directory, file).getBytes(StandardCharsets.UTF_8));
                sink.write(ByteBuffer.allocate(Long.BYTES)
                        .putLong(Files.size(file))
                        .array());
                try (InputStream in = Files.newInputStream(file)) {
                    in.transferTo(sink);
                }
            }
        }
        return HexFormat.of().formatHex(sha.digest());
    }

    /** The files that the digest covers: the graph and those of its variables, sorted by relative name. */
    public static List<Path> files(Path directory) throws IOException {
        Path variables = directory.resolve(VARIABLES);
        try (var inner = Files.isDirectory(variables) ? Files.list(variables) : Stream.<Path>empty()) {
            return Stream.concat(Stream.of(directory.resolve(GRAPH)), inner)
                    .sorted((a, b) -> name(directory, a).compareTo(name(directory, b)))
                    .toList();
        }
    }

    private static String name(Path directory, Path file) {
        return directory.relativize(file).toString().replace('\\', '/');
    }
}

package io.unmask.detector.libraries;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The native libraries of one platform, unpacked from jars into a folder that is named after what it holds. The folder
 * appears whole and is never changed afterwards, so that any number of processes may map its files. Each library's own
 * loader would unpack anew under a running process (bytedeco/javacpp#608), or leave a copy in the temporary folder.
 */
public final class LibraryFolder {
    private static final Pattern LIBRARY = Pattern.compile(".*\\.(so[.\\d]*|dylib|jnilib|dll)");

    /** JavaCPP's preset asks for one library under two names and would make the second one in its own cache. */
    private static final Map<String, String> SECOND_NAMES = Map.of(
            "libopenblas.so.0", "libopenblas_nolapack.so.0",
            "libopenblas.0.dylib", "libopenblas_nolapack.0.dylib");

    private final List<String> platformFolders;

    private LibraryFolder(List<String> platformFolders) {
        this.platformFolders = platformFolders;
    }

    /** For the machine that this process runs on. */
    public static LibraryFolder ofThisMachine() {
        return of(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    /** JavaCPP, JNA, SQLite and Kafka's compressors name one platform's folder in four ways. */
    static LibraryFolder of(String osName, String arch) {
        boolean intel = arch.equals("amd64") || arch.equals("x86_64");
        if (osName.toLowerCase(Locale.ROOT).startsWith("mac")) {
            return new LibraryFolder(
                    intel
                            ? List.of("macosx-x86_64", "darwin-x86-64", "Mac/x86_64", "darwin/x86_64")
                            : List.of("macosx-arm64", "darwin-aarch64", "Mac/aarch64", "darwin/aarch64"));
        }
        return new LibraryFolder(
                intel
                        ? List.of("linux-x86_64", "linux-x86-64", "Linux/x86_64", "linux/amd64")
                        : List.of("linux-arm64", "linux-aarch64", "Linux/aarch64", "linux/aarch64"));
    }

    /**
     * Unpacks what is not there yet.
     *
     * @param jars the folder that holds them
     * @param parent is made when missing
     * @return the folder below {@code parent}, named by SHA-256 of the libraries' names, sizes and check sums
     */
    public Path unpack(Path jars, Path parent) throws IOException {
        SortedMap<String, Path> jarByEntry = entries(jars);
        Path folder = parent.resolve(digest(jarByEntry));
        if (Files.isDirectory(folder)) {
            return folder;
        }
        Files.createDirectories(parent);
        Path beside = Files.createTempDirectory(parent, "unpacking-");
        for (var entry : jarByEntry.entrySet()) {
            String name = fileName(entry.getKey());
            try (ZipFile jar = new ZipFile(entry.getValue().toFile());
                    InputStream in = jar.getInputStream(jar.getEntry(entry.getKey()))) {
                Files.copy(in, beside.resolve(name));
            }
            if (SECOND_NAMES.containsKey(name)) {
                Files.createSymbolicLink(beside.resolve(SECOND_NAMES.get(name)), Path.of(name));
            }
        }
        // A temporary folder is its owner's alone; this one is whoever's may run the program.
        beside.toFile().setReadable(true, false);
        beside.toFile().setExecutable(true, false);
        return settle(beside, folder);
    }

    private static Path settle(Path beside, Path folder) throws IOException {
        try {
            return Files.move(beside, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
            // Another process was quicker, and its folder holds the same.
            try (Stream<Path> files = Files.list(beside)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(beside);
            return folder;
        }
    }

    private SortedMap<String, Path> entries(Path jars) throws IOException {
        SortedMap<String, Path> jarByEntry = new TreeMap<>();
        try (Stream<Path> files = Files.list(jars)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".jar")).sorted().toList()) {
                try (ZipFile jar = new ZipFile(file.toFile())) {
                    jar.stream()
                            .map(ZipEntry::getName)
                            .filter(this::isOfPlatform)
                            .forEach(name -> jarByEntry.put(name, file));
                }
            }
        }
        return jarByEntry;
    }

    private boolean isOfPlatform(String entry) {
        int end = entry.lastIndexOf('/');
        return end > 0
                && LIBRARY.matcher(entry).matches()
                && platformFolders.stream().anyMatch(("/" + entry.substring(0, end))::endsWith);
    }

    private static String digest(SortedMap<String, Path> jarByEntry) throws IOException {
        List<String> contents = new ArrayList<>();
        for (var entry : jarByEntry.entrySet()) {
            try (ZipFile jar = new ZipFile(entry.getValue().toFile())) {
                ZipEntry library = jar.getEntry(entry.getKey());
                contents.add(fileName(entry.getKey()) + ' ' + library.getSize() + ' ' + library.getCrc());
            }
        }
        try {
            byte[] text = String.join("\n", contents).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text))
                    .substring(0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String fileName(String entry) {
        return entry.substring(entry.lastIndexOf('/') + 1);
    }
}

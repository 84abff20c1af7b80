package io.unmask.detector.cli;

import io.unmask.detector.libraries.LibraryFolder;
import java.io.IOException;
import java.nio.file.Path;

/** What the script {@code unmask} runs at the end of a build: prints the name of the folder that holds the libraries. */
public final class UnpackLibraries {
    private UnpackLibraries() {}

    /** @param arguments the folder of the jars, and the one below which their libraries are unpacked */
    public static void main(String[] arguments) throws IOException {
        Path folder = LibraryFolder.ofThisMachine().unpack(Path.of(arguments[0]), Path.of(arguments[1]));
        System.out.println(folder.getFileName());
    }
}

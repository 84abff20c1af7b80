package io.unmask.ingest.decode;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says which library of the system is missing, and which package brings it. */
public final class MissingLibrary {
    /** How the dynamic linkers of Linux and of macOS name it. */
    private static final Pattern NAME = Pattern.compile(
            "(lib[\\w+.-]+): cannot open shared object file|Library not loaded: (?:\\S*/)?(lib[\\w+.-]+)");

    private static final Pattern VERSION = Pattern.compile("[.](?:so|\\d+|dylib)\\b.*");

    private static final Map<String, Packages> PACKAGES = Map.of(
            "libxcb", new Packages("libxcb1", "libxcb", "libxcb"),
            "libxcb-shm", new Packages("libxcb-shm0", "libxcb", "libxcb"),
            "libxcb-shape", new Packages("libxcb-shape0", "libxcb", "libxcb"),
            "libxcb-xfixes", new Packages("libxcb-xfixes0", "libxcb", "libxcb"),
            "libasound", new Packages("libasound2", "alsa-lib", "alsa-lib"),
            "libpulse", new Packages("libpulse0", "pulseaudio-libs", "pulseaudio"),
            "libstdc++", new Packages("libstdc++6", "libstdc++", "gcc"),
            "libgcc_s", new Packages("libgcc-s1", "libgcc", "gcc"));

    /** The names of one package. */
    private record Packages(String debian, String fedora, String homebrew) {}

    private MissingLibrary() {}

    /** One line about why a native library could not be loaded, and what to do. */
    public static String explain(LinkageError failure) {
        Optional<String> name = name(failure);
        if (name.isEmpty()) {
            return failure.getMessage() + "; unmask doctor says what works on this machine";
        }
        Packages packages = PACKAGES.get(VERSION.matcher(name.get()).replaceFirst(""));
        String advice = packages == null
                ? "install the package of your system that brings it"
                : "install it: apt-get install " + packages.debian + " (Debian), dnf install " + packages.fedora
                        + " (Fedora), brew install " + packages.homebrew + " (macOS)";
        return "the system's library " + name.get() + " is missing; " + advice;
    }

    private static Optional<String> name(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            Matcher name = NAME.matcher(String.valueOf(cause.getMessage()));
            if (name.find()) {
                return Optional.of(name.group(1) != null ? name.group(1) : name.group(2));
            }
        }
        return Optional.empty();
    }
}

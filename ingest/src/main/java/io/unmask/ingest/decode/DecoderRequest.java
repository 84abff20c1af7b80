package io.unmask.ingest.decode;

import io.unmask.config.Settings;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a decoder's process is asked to read, and how it is started.
 *
 * @param mostLateMs as in {@link FrameSources#openApart}
 */
record DecoderRequest(SourceUri uri, Settings.Source settings, long mostLateMs) {
    /** The heap at the start, and its least limit. All but the pictures fits into it. */
    private static final int HEAP_MEGABYTES = 64;

    /** Environment variables from which a JVM takes further options. */
    private static final Set<String> OPTION_VARIABLES =
            Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    void write(DataOutputStream out) throws IOException {
        out.writeUTF(uri.kind().name());
        out.writeUTF(uri.location());
        out.writeDouble(settings.sampleFps());
        out.writeInt(settings.decoderThreads());
        out.writeLong(settings.stallTimeoutMs());
        out.writeLong(settings.maxPixels());
        out.writeLong(settings.maxPixelsPerByte());
        out.writeInt(settings.memoryMegabytes());
        out.writeBoolean(settings.allowPrivateHosts());
        out.writeInt(settings.processMegabytes());
        out.writeBoolean(settings.rtspOverUdp());
        out.writeLong(mostLateMs);
        out.flush();
    }

    static DecoderRequest read(DataInputStream in) throws IOException {
        SourceUri uri = new SourceUri(SourceUri.Kind.valueOf(in.readUTF()), in.readUTF());
        return new DecoderRequest(
                uri,
                new Settings.Source(
                        in.readDouble(),
                        in.readInt(),
                        in.readLong(),
                        0, // no reconnect attempts: the parent opens the source again
                        in.readLong(),
                        in.readLong(),
                        in.readInt(),
                        in.readBoolean(),
                        in.readInt(),
                        in.readBoolean()),
                in.readLong());
    }

    /** Prepares a JVM that runs a class with this one's libraries and properties. Its standard error is discarded. */
    static ProcessBuilder process(Settings.Source settings, String mainClass) {
        ProcessBuilder process =
                new ProcessBuilder(command(settings, mainClass)).redirectError(ProcessBuilder.Redirect.DISCARD);
        // This JVM lists options from the environment among its own, so that the command hands them on already.
        process.environment().keySet().removeAll(OPTION_VARIABLES);
        return process;
    }

    private static List<String> command(Settings.Source settings, String mainClass) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(handedOn(ManagementFactory.getRuntimeMXBean().getInputArguments()));
        // Half of this half is for pictures that become RGB (PictureNeeds): by default a 4K source fits.
        int heap = Math.max(HEAP_MEGABYTES, settings.processMegabytes() / 2);
        command.addAll(List.of(
                "-Xms" + HEAP_MEGABYTES + "m",
                "-Xmx" + heap + "m",
                "-Xss512k",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto"));
        // Messages of the JVM itself must not get between the pictures, and a killed JVM must leave no file behind.
        command.addAll(List.of(
                "-XX:-UsePerfData",
                "-XX:+DisplayVMOutputToStderr",
                "-Xlog:disable",
                "-Xlog:all=error:stderr",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=" + Path.of(System.getProperty("java.io.tmpdir"), "unmask-decoder-crash-%p.log")));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        return command;
    }

    /** The properties among a JVM's options, but for those of remote management: no two JVMs can listen on the same port. */
    static List<String> handedOn(List<String> options) {
        return options.stream()
                .filter(option -> option.startsWith("-D") && !option.startsWith("-Dcom.sun.management"))
                .toList();
    }
}

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
 * @param mostLateMs from which on packets are passed over
 */
record DecoderRequest(SourceUri uri, Settings.Source settings, long mostLateMs) {
    /** What surrounds the pictures takes less. The heap begins with it, and grows where pictures need it. */
    private static final int HEAP_MEGABYTES = 64;

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
                        0, // its parent opens it again
                        in.readLong(),
                        in.readLong(),
                        in.readInt(),
                        in.readBoolean(),
                        in.readInt(),
                        in.readBoolean()),
                in.readLong());
    }

    /** From these a JVM takes options beside those of its command. */
    private static final Set<String> OPTIONS = Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    /** What runs a class in a JVM with this one's libraries and properties; nobody reads what it says of errors. */
    static ProcessBuilder process(Settings.Source settings, String mainClass) {
        ProcessBuilder process =
                new ProcessBuilder(command(settings, mainClass)).redirectError(ProcessBuilder.Redirect.DISCARD);
        // What was to be handed on is in the command: this JVM counts them among its options.
        process.environment().keySet().removeAll(OPTIONS);
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
        // What the JVM itself says must not come between the pictures, and nothing stays in the temporary folder when
        // it is killed.
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

    /** The properties among a JVM's options, but for those by which it is managed: no two can listen on the same port. */
    static List<String> handedOn(List<String> options) {
        return options.stream()
                .filter(option -> option.startsWith("-D") && !option.startsWith("-Dcom.sun.management"))
                .toList();
    }
}

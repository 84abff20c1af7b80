package io.unmask.ingest.decode;

import io.unmask.config.Daemons;
import java.io.DataInputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.bytedeco.javacpp.Pointer;

/**
 * The program that decodes one source for another process, its parent, so that a crash does no harm there. It reads the
 * source and its settings from standard input, and writes pictures to standard output. It ends with its parent, which holds
 * the other end of standard input, and when it takes more memory than it may.
 */
public final class DecoderProcess {
    /** Exit code of a process that took too much memory. */
    static final int TOO_MUCH_MEMORY = 3;

    private static final int PARENT_IS_GONE = 4;

    /** Exit code of a process that could not even say why it failed. */
    private static final int FAILED = 1;

    private static final int BEAT_MS = 250;

    private final PictureWriter out;

    private DecoderProcess(PictureWriter out) {
        this.out = out;
    }

    /** Takes no arguments: they could be read by other users, and an address may hold a password. */
    public static void main(String[] arguments) throws IOException {
        DataInputStream in = new DataInputStream(System.in);
        DecoderRequest request = DecoderRequest.read(in);
        // Standard output carries the pictures: whatever else is printed goes to standard error.
        System.setOut(System.err);
        DecoderProcess process = new DecoderProcess(new PictureWriter(new FileOutputStream(FileDescriptor.out)));
        beside("unmask-parent", () -> awaitEnd(in));
        // A terminal sends its signals to all of its processes: the parent alone decides when this one is to end.
        Runtime.getRuntime().addShutdownHook(new Thread(DecoderProcess::awaitHalt, "unmask-signal"));
        beside("unmask-beat", () -> process.beat(request.settings().processMegabytes()));
        int code = FAILED;
        try {
            process.decode(request);
            code = 0;
        } finally {
            Runtime.getRuntime().halt(code); // neither a native thread that hangs nor the hook above keeps it
        }
    }

    private static void beside(String name, Runnable task) {
        Daemons.named(name).newThread(task).start();
    }

    private static void awaitHalt() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitEnd(InputStream in) {
        try {
            while (in.read() >= 0) {}
        } catch (IOException e) {
            // The parent is gone in this case, too.
        }
        Runtime.getRuntime().halt(PARENT_IS_GONE);
    }

    /**
     * Gives signs of life for as long as the process runs, and ends it when it takes too much memory. A decoder that hangs does
     * not end the signs: the {@link Watchdog} of this process abandons it.
     */
    private void beat(int mostMegabytes) {
        try {
            while (true) {
                if (Pointer.physicalBytes() >> 20 > mostMegabytes) {
                    Runtime.getRuntime().halt(TOO_MUCH_MEMORY);
                }
                out.alive();
                Thread.sleep(BEAT_MS);
            }
        } catch (IOException | InterruptedException e) {
            Runtime.getRuntime().halt(PARENT_IS_GONE);
        }
    }

    private void decode(DecoderRequest request) throws IOException {
        Counts counts = Counts.NONE;
        try (FrameSource source = FrameSources.openLive(request.uri(), request.settings(), request.mostLateMs())) {
            try {
                out.opened(source.durationMicros());
                Optional<SampledPicture> picture = source.next();
                while (picture.isPresent()) {
                    out.picture(picture.get(), source.counts());
                    picture = source.next();
                }
            } finally {
                counts = source.counts();
            }
            out.end(counts);
        } catch (SourceException e) {
            out.failed(e, counts);
        } catch (RuntimeException | Error e) {
            out.failed(
                    SourceException.retriable(
                            "source " + request.uri() + ": its decoder failed in an unforeseen way: " + place(e)),
                    counts);
        }
    }

    /** The kind of the failure and where it arose. Its message is left out, since it may quote a password. */
    private static String place(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        StackTraceElement[] trace = root.getStackTrace();
        return root.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
    }
}

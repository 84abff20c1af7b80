package io.unmask.ingest.decode;

import io.unmask.config.Daemons;
import io.unmask.config.Settings;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;

/** Opens sources. Each has one daemon thread of its own, in which all of its native code runs. */
public final class FrameSources {
    private FrameSources() {}

    /**
     * Loads the library that reads cameras and screens, unless it is loaded. It needs libraries of the desktop.
     *
     * @throws SourceException which names the library that is missing and the package that brings it
     */
    public static void loadCameraLibrary() throws SourceException {
        Ffmpeg.loadDevices();
    }

    /**
     * Opens a source and finds its video stream. The caller closes it.
     *
     * @throws SourceException when there is no such source, it holds no video, or it does not answer in time
     */
    public static FrameSource open(SourceUri uri, Settings.Source settings) throws SourceException {
        return open(uri, settings, System::nanoTime);
    }

    /**
     * As {@link #open}, but packets that come too late from a source that sends in real time are passed over.
     *
     * @param mostLateMs as in {@link #openApart}
     */
    static FrameSource openLive(SourceUri uri, Settings.Source settings, long mostLateMs) throws SourceException {
        boolean sendsInRealTime = Set.of(SourceUri.Kind.RTSP, SourceUri.Kind.RTMP, SourceUri.Kind.UDP)
                .contains(uri.kind());
        return open(
                uri,
                settings,
                System::nanoTime,
                sendsInRealTime ? Optional.of(new Backlog(mostLateMs, settings.sampleFps())) : Optional.empty());
    }

    /**
     * As {@link #open}, but a live source is decoded by a process of its own, which can hang, crash or grow without harm to
     * this one, unless the settings say otherwise.
     *
     * @param mostLateMs a camera's packet is passed over when it took this much longer to arrive than the quickest one
     */
    public static FrameSource openApart(SourceUri uri, Settings.Source settings, long mostLateMs)
            throws SourceException {
        if (!uri.isLive() || settings.processMegabytes() == 0) {
            return openLive(uri, settings, mostLateMs);
        }
        Watchdog watchdog =
                new Watchdog(thread("unmask-pipe " + uri.redacted()), ApartFrameSource.SILENCE_MS, System::nanoTime);
        Ffmpeg.load();
        ApartFrameSource source =
                new ApartFrameSource(uri, settings, mostLateMs, watchdog, ApartFrameSource.SILENCE_MS);
        try {
            source.open();
            return source;
        } catch (SourceException | RuntimeException | Error e) {
            source.close();
            throw e;
        }
    }

    /** @param nanoClock measures stalls and times of arrival, as {@link System#nanoTime} */
    static FrameSource open(SourceUri uri, Settings.Source settings, LongSupplier nanoClock) throws SourceException {
        return open(uri, settings, nanoClock, Optional.empty());
    }

    private static FrameSource open(
            SourceUri uri, Settings.Source settings, LongSupplier nanoClock, Optional<Backlog> backlog)
            throws SourceException {
        SourceCheck.beforeOpening(uri);
        Watchdog watchdog =
                new Watchdog(thread("unmask-decode " + uri.redacted()), settings.stallTimeoutMs(), nanoClock);
        Ffmpeg.load();
        FfmpegFrameSource source = new FfmpegFrameSource(uri, settings, watchdog, nanoClock, backlog);
        try {
            source.open();
            return source;
        } catch (SourceException | RuntimeException | Error e) {
            source.close();
            throw e;
        }
    }

    private static ExecutorService thread(String name) {
        return Executors.newSingleThreadExecutor(Daemons.named(name));
    }
}

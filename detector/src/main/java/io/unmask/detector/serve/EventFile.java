package io.unmask.detector.serve;

import io.unmask.config.PrivateFiles;
import io.unmask.detector.verdict.EventLine;
import io.unmask.detector.verdict.Outcome;
import io.unmask.detector.verdict.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The events of one upload, in a file. Of the verdicts on clips, only the first {@code maxClips} are kept; final verdicts and
 * states are few and are all kept. Thread-safe.
 */
final class EventFile {
    private final Path file;
    private final int maxClips;
    private int clips;
    /** Bytes of complete events. A failed write may leave half an event behind them, which the next write replaces. */
    private long length;

    EventFile(Path file, int maxClips) {
        this.file = file;
        this.maxClips = maxClips;
    }

    synchronized void add(Outcome outcome) throws IOException {
        if (isOfClip(outcome) && ++clips > maxClips) {
            return;
        }
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.write(length == 0 ? '[' : ',');
        text.writeBytes(EventLine.of(outcome.event()));
        try (FileChannel channel = FileChannel.open(PrivateFiles.create(file), StandardOpenOption.WRITE)) {
            channel.position(length);
            for (ByteBuffer rest = ByteBuffer.wrap(text.toByteArray()); rest.hasRemaining(); ) {
                channel.write(rest);
            }
        }
        length += text.size();
    }

    private static boolean isOfClip(Outcome outcome) {
        return outcome instanceof Outcome.Judged judged && judged.verdict().kind() == Verdict.Kind.CLIP;
    }

    private synchronized long length() {
        return length;
    }

    /** Writes the events as a JSON array, in the order of their arrival. Events that are added meanwhile are left out. */
    void writeArray(OutputStream out) throws IOException {
        long end = length();
        if (end == 0) {
            out.write('[');
        } else {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                WritableByteChannel to = Channels.newChannel(out);
                for (long at = 0; at < end; ) {
                    at += channel.transferTo(at, end - at, to);
                }
            }
        }
        out.write(']');
    }
}

package io.unmask.detector.evidence;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.unmask.config.PrivateFiles;
import io.unmask.config.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * A stream's chain of evidence: a file of one line for each event, picture and erasure, each with the digest of the line
 * before it. When a call returns, its lines are on the disk. The next call removes a line that a crash cut short. Several
 * processes may add to one chain.
 */
final class EvidenceChain {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().addModule(new Jdk8Module()).build();
    private static final int LOOK_BACK = 1 << 16;

    private final Path file;
    private final Clock clock;

    EvidenceChain(Path file, Clock clock) {
        this.file = file;
        this.clock = clock;
    }

    Path file() {
        return file;
    }

    /** @throws IOException when the disk refuses it; the chain is then as it was */
    void add(List<ChainEntry.Content> contents) throws IOException {
        PrivateFiles.createDirectories(file.getParent());
        PrivateFiles.create(file);
        // A lock of the file keeps other processes out, the monitor other threads.
        synchronized (EvidenceChain.class) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                byte[] last = lastLine(channel);
                long number = last.length == 0 ? 0 : entry(last).number();
                ByteArrayOutputStream lines = new ByteArrayOutputStream();
                for (ChainEntry.Content content : contents) {
                    String previous = last.length == 0 ? "" : Sha256.of(last);
                    last = MAPPER.writeValueAsBytes(content.at(++number, clock.instant(), previous));
                    lines.writeBytes(last);
                    lines.write('\n');
                }
                channel.position(channel.size());
                ByteBuffer bytes = ByteBuffer.wrap(lines.toByteArray());
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(false);
                if (!lock.isValid()) {
                    throw new IOException(file + ": its lock was lost");
                }
            }
        }
    }

    /** All whole lines. */
    String lines() throws IOException {
        String text = Files.exists(file) ? Files.readString(file) : "";
        return text.substring(0, text.lastIndexOf('\n') + 1);
    }

    /** All entries, the oldest first. Whether each follows from the one before is not checked. */
    List<ChainEntry> entries() throws IOException {
        return entries(lines());
    }

    /** The entries of lines that were read, to which others may have been added since. */
    static List<ChainEntry> entries(String lines) throws IOException {
        List<ChainEntry> entries = new ArrayList<>();
        for (String line : lines.lines().toList()) {
            entries.add(entry(line.getBytes(StandardCharsets.UTF_8)));
        }
        return entries;
    }

    static ChainEntry entry(byte[] line) throws IOException {
        return MAPPER.readValue(line, ChainEntry.class);
    }

    /** The last whole line, without its line feed. What follows it in the file is removed. */
    private static byte[] lastLine(FileChannel channel) throws IOException {
        long end = lineFeedBefore(channel, channel.size());
        if (end + 1 < channel.size()) {
            channel.truncate(end + 1);
        }
        if (end < 0) {
            return new byte[0];
        }
        long start = lineFeedBefore(channel, end) + 1;
        ByteBuffer line = ByteBuffer.allocate(Math.toIntExact(end - start));
        read(channel, line, start);
        return line.array();
    }

    /** Position of the last line feed before that one; -1 when there is none. */
    private static long lineFeedBefore(FileChannel channel, long position) throws IOException {
        long end = position;
        while (end > 0) {
            int length = (int) Math.min(LOOK_BACK, end);
            ByteBuffer bytes = ByteBuffer.allocate(length);
            read(channel, bytes, end - length);
            for (int i = length - 1; i >= 0; i--) {
                if (bytes.get(i) == '\n') {
                    return end - length + i;
                }
            }
            end -= length;
        }
        return -1;
    }

    private static void read(FileChannel channel, ByteBuffer into, long from) throws IOException {
        long position = from;
        while (into.hasRemaining()) {
            position += channel.read(into, position);
        }
    }
}

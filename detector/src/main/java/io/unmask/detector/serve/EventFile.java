package io.unmask.detector.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cloudevents.CloudEvent;
import io.unmask.detector.verdict.VerdictEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The events of an upload, on the disk until somebody asks for them; those beyond a bound are left out. Thread-safe. */
final class EventFile {
    private static final int MOST_EVENTS = 10_000;

    private final Path file;
    private int count;

    EventFile(Path file) {
        this.file = file;
    }

    synchronized void add(CloudEvent event) throws IOException {
        if (count == MOST_EVENTS) {
            return;
        }
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.write(count == 0 ? '[' : ',');
        text.writeBytes(VerdictEvent.toJson(event));
        Files.write(file, text.toByteArray(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        count++;
    }

    /** A JSON array of the events, the first first. */
    synchronized byte[] array() throws IOException {
        ByteArrayOutputStream array = new ByteArrayOutputStream();
        array.writeBytes(count == 0 ? "[".getBytes(UTF_8) : Files.readAllBytes(file));
        array.write(']');
        return array.toByteArray();
    }
}

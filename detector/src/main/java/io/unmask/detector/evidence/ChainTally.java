package io.unmask.detector.evidence;

import io.unmask.detector.verdict.EventFormatException;
import io.unmask.detector.verdict.EventLine;
import io.unmask.detector.verdict.VerdictEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/** Counts the events and pictures of one stream's chain. */
final class ChainTally implements EvidenceChain.Reader {
    private final String name;
    private final KeptPictures pictures = new KeptPictures();
    private Optional<String> stream = Optional.empty();
    private Optional<Instant> first = Optional.empty();
    private Optional<Instant> last = Optional.empty();
    private long events;
    private long unreadable;

    /** @param name of the chain's file, which stands for the stream's id when no event names the stream */
    ChainTally(String name) {
        this.name = name;
    }

    @Override
    public void line(byte[] line, Optional<ChainEntry> entry) {
        entry.ifPresentOrElse(this::add, () -> unreadable++);
    }

    private void add(ChainEntry entry) {
        pictures.add(entry);
        first = first.or(() -> Optional.of(entry.time()));
        last = Optional.of(entry.time());
        if (entry.event().isPresent()) {
            events++;
            stream = stream.or(() -> streamId(entry.event().get()));
        }
    }

    private static Optional<String> streamId(String event) {
        try {
            return Optional.of(VerdictEvent.key(EventLine.parse(event.getBytes(StandardCharsets.UTF_8))));
        } catch (EventFormatException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The counts; empty when the chain has no line. */
    Optional<EvidenceFolder.Kept> kept() {
        return first.isEmpty() && unreadable == 0
                ? Optional.empty()
                : Optional.of(new EvidenceFolder.Kept(
                        stream.orElse(name), events, pictures.byName().size(), first, last, unreadable));
    }
}

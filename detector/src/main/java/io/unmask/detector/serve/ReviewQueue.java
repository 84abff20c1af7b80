package io.unmask.detector.serve;

import io.unmask.detector.evidence.Snapshot;
import io.unmask.detector.verdict.Outcome;
import io.unmask.detector.verdict.Verdict;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Faces that wait for a person's review because their final verdict is {@code fake} or {@code inconclusive}. The person's
 * answer is kept as a label and changes no verdict. Thread-safe.
 */
public final class ReviewQueue implements Announcer.Listener {
    private static final int MAX_WAITING = 200;

    private final Album album;
    private final LabelStore labels;
    private final ReviewStore store;
    private final Clock clock;
    private final Map<String, Entry> waiting = new LinkedHashMap<>();

    /** A person's answer about a face. */
    public enum Answer {
        FAKE,
        AUTHENTIC,
        CANNOT_TELL
    }

    /**
     * A face that waits for a person.
     *
     * @param id of the verdict
     * @param pictures of the face by time, as JPEG
     */
    public record Entry(String id, String source, Instant at, Verdict verdict, List<byte[]> pictures) {}

    /** @param store the faces that wait, across restarts */
    ReviewQueue(Album album, LabelStore labels, ReviewStore store, Clock clock) {
        this.album = album;
        this.store = store;
        store.load().forEach(entry -> waiting.put(entry.id(), entry));
        this.labels = labels;
        this.clock = clock;
    }

    @Override
    public void announced(String source, Outcome outcome) {
        if (outcome instanceof Outcome.Judged judged
                && judged.verdict().kind() == Verdict.Kind.TRACK
                && judged.verdict().face().isPresent()) {
            Verdict verdict = judged.verdict();
            List<Snapshot> pictures =
                    album.take(verdict.stream(), verdict.face().orElseThrow().track());
            if (isSuspect(verdict) && !pictures.isEmpty()) {
                add(new Entry(
                        verdict.id(),
                        source,
                        clock.instant(),
                        verdict,
                        pictures.stream().map(Snapshot::jpeg).toList()));
            }
        }
    }

    @Override
    public void over(Verdict.Stream stream) {
        album.forget(stream);
    }

    private static boolean isSuspect(Verdict verdict) {
        // A person is asked whether the face is authentic, and only a model that detects forgeries judges that.
        return verdict.model().detects()
                && (verdict.decision() == Verdict.Decision.FAKE || verdict.decision() == Verdict.Decision.INCONCLUSIVE);
    }

    private synchronized void add(Entry entry) {
        store.add(entry);
        waiting.put(entry.id(), entry);
        if (waiting.size() > MAX_WAITING) {
            String oldest = waiting.keySet().iterator().next();
            waiting.remove(oldest);
            store.remove(oldest);
        }
    }

    /** The faces that wait, newest first. */
    public synchronized List<Entry> list() {
        List<Entry> newest = new ArrayList<>(waiting.values());
        Collections.reverse(newest);
        return newest;
    }

    public synchronized Optional<Entry> find(String id) {
        return Optional.ofNullable(waiting.get(id));
    }

    /**
     * Keeps a person's answer with the face's pictures, and takes the face off the queue.
     *
     * @param who the person
     * @return whether the face was waiting
     * @throws RefusedException when the answer cannot be written; the face then goes on waiting
     */
    public synchronized boolean answer(String id, Answer answer, String who) {
        Entry entry = waiting.get(id);
        if (entry == null) {
            return false;
        }
        labels.add(entry, answer, who, clock.instant());
        waiting.remove(id);
        store.remove(id);
        return true;
    }
}

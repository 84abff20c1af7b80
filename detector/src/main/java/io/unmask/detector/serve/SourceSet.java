package io.unmask.detector.serve;

import io.unmask.config.Problem;
import io.unmask.config.Settings;
import io.unmask.config.SourceSpec;
import io.unmask.config.SourceSpecs;
import io.unmask.ingest.decode.SourceException;
import io.unmask.ingest.decode.SourceUri;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The sources of the running service: those of the settings file and those that were added over HTTP. Thread-safe.
 */
public final class SourceSet {
    private final Function<SourceSpec, ManagedSource> opener;
    private final Settings common;
    private final SavedSources saved;
    private final Listener listener;
    private final Clock clock;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private boolean open;
    private boolean closed;

    /** Is told which sources there are, while the set's lock is held. */
    interface Listener {

        /** A source was added or changed. */
        void came(String id);

        /** A source was removed. Clips that were read from it may still be judged. */
        void went(String id);
    }

    /**
     * A source of the set.
     *
     * @param source empty while it is paused or cannot be opened
     * @param trouble why it cannot be opened; else empty
     */
    private record Member(
            SourceSpec spec, boolean fromFile, Instant since, Optional<ManagedSource> source, String trouble) {

        boolean isPaused() {
            return source.isEmpty() && trouble.isEmpty();
        }
    }

    SourceSet(
            Function<SourceSpec, ManagedSource> opener,
            Settings common,
            SavedSources saved,
            Listener listener,
            Clock clock) {
        this.clock = clock;
        this.opener = opener;
        this.common = common;
        this.saved = saved;
        this.listener = listener;
    }

    /**
     * Opens the sources that were added over HTTP before the service was stopped, and takes changes from now on. A source
     * that cannot be opened any more stays in the set as failed, so that a person can change or remove it.
     *
     * @param notes told of sources that cannot be opened
     * @throws RefusedException when the saved list cannot be read
     */
    synchronized void restore(Consumer<String> notes) {
        if (closed) {
            return;
        }
        for (SourceSpec spec : saved.load()) {
            if (!members.containsKey(spec.id())) {
                restore(spec, notes);
            }
        }
        takeChanges();
    }

    private void restore(SourceSpec spec, Consumer<String> notes) {
        try {
            put(spec, false, opener.apply(spec));
        } catch (RefusedException e) {
            place(new Member(spec, false, clock.instant(), Optional.empty(), e.getMessage()));
            notes.accept("a source that was added over HTTP cannot be opened: " + e.getMessage());
        }
    }

    /** Takes changes over HTTP from now on. Earlier ones would be saved without the sources that were saved before. */
    synchronized void takeChanges() {
        open = true;
    }

    private void requireOpen() {
        if (closed) {
            throw new RefusedException("the service is ending");
        }
        if (!open) {
            throw new RefusedException("the service is starting; try again in a moment");
        }
    }

    /**
     * Takes up the sources of the settings file: new ones start, removed ones end, and changed ones are opened anew.
     *
     * @throws RefusedException when one of them cannot be opened; then nothing has changed
     */
    synchronized void apply(List<SourceSpec> file) {
        if (closed) {
            return;
        }
        Map<String, ManagedSource> fresh = new LinkedHashMap<>();
        Map<String, SourceSpec> specs = new LinkedHashMap<>();
        for (SourceSpec spec : file) {
            Member member = members.get(spec.id());
            if (member != null && !member.fromFile) {
                throw new RefusedException("source " + spec.id()
                        + ": a source of this id was added over HTTP; remove it there or choose another id");
            }
            if (member == null || !member.spec.equals(spec)) {
                fresh.put(spec.id(), opener.apply(spec));
            }
            specs.put(spec.id(), spec);
        }
        members.entrySet().stream()
                .filter(entry -> entry.getValue().fromFile && !specs.containsKey(entry.getKey()))
                .map(Map.Entry::getKey)
                .toList()
                .forEach(this::drop);
        fresh.forEach((id, source) -> put(specs.get(id), true, source));
    }

    /**
     * Adds a source, or changes one that was added over HTTP.
     *
     * @return whether it is new
     * @throws RefusedException with every problem, when it cannot be opened or saved; then nothing has changed
     */
    public synchronized boolean put(SourceSpec spec) {
        List<Problem> problems = SourceSpecs.problems(common, spec);
        if (!problems.isEmpty()) {
            throw new RefusedException(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        }
        Member before = members.get(spec.id());
        if (before != null && before.fromFile) {
            throw new RefusedException(fileOwns(spec.id()));
        }
        ManagedSource source = opener.apply(spec);
        requireOpen();
        saved.save(Stream.concat(addedExcept(spec.id()), Stream.of(spec)).toList());
        put(spec, false, source);
        return before == null;
    }

    /**
     * Removes a source that was added over HTTP.
     *
     * @return whether there was one
     * @throws RefusedException when it stands in the settings file, or the change cannot be saved; then nothing has changed
     */
    public synchronized boolean remove(String id) {
        requireOpen();
        Member member = members.get(id);
        if (member == null) {
            return false;
        }
        if (member.fromFile) {
            throw new RefusedException(fileOwns(id));
        }
        saved.save(addedExcept(id).toList());
        drop(id);
        return true;
    }

    /**
     * Pauses or resumes a source. For a source of the settings file, this lasts until the file changes that source or the
     * service ends.
     *
     * @return whether there is such a source
     * @throws RefusedException when it cannot be opened, or the change cannot be saved; then nothing has changed
     */
    public synchronized boolean pause(String id, boolean paused) {
        requireOpen();
        Member member = members.get(id);
        if (member == null) {
            return false;
        }
        boolean isSoAlready = paused ? member.isPaused() : member.source.isPresent();
        if (!isSoAlready) {
            Optional<ManagedSource> source = paused ? Optional.empty() : Optional.of(opener.apply(member.spec));
            // The settings file's entry is kept unchanged, so that an edit of another source does not resume this one.
            SourceSpec spec = member.fromFile ? member.spec : member.spec.withPaused(paused);
            Member changed = new Member(spec, member.fromFile, clock.instant(), source, "");
            if (!member.fromFile) {
                saved.save(members.values().stream()
                        .map(one -> one.spec.id().equals(id) ? changed : one)
                        .filter(one -> !one.fromFile)
                        .map(Member::spec)
                        .toList());
            }
            member.source.ifPresent(ManagedSource::stop);
            members.put(id, changed);
            source.ifPresent(ManagedSource::start);
        }
        return true;
    }

    /** The state of all sources, in the order in which they were added. */
    public synchronized List<SourceStatus> list() {
        return members.entrySet().stream()
                .map(entry -> status(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** The specifications of all sources, including those that are paused. */
    synchronized List<SourceSpec> specs() {
        return members.values().stream().map(Member::spec).toList();
    }

    /** The state of one source. */
    public synchronized Optional<SourceStatus> find(String id) {
        return Optional.ofNullable(members.get(id)).map(member -> status(id, member));
    }

    /** A recent picture of a source; empty when there is no such source or no recent picture. */
    public Optional<Preview> preview(String id) {
        Optional<ManagedSource> source;
        synchronized (this) {
            source = Optional.ofNullable(members.get(id)).flatMap(Member::source);
        }
        return source.flatMap(ManagedSource::preview);
    }

    void tick(long nowNanos) {
        List<ManagedSource> running;
        synchronized (this) {
            running = members.values().stream()
                    .flatMap(member -> member.source.stream())
                    .toList();
        }
        running.forEach(source -> source.tick(nowNanos));
    }

    /** Ends all sources and lets no new one start. */
    synchronized void close() {
        closed = true;
        members.values().forEach(member -> member.source.ifPresent(ManagedSource::stop));
    }

    private SourceStatus status(String id, Member member) {
        return member.source
                .map(source -> source.status(id, member.fromFile))
                .orElseGet(() -> new SourceStatus(
                        id,
                        uri(member.spec),
                        false,
                        member.fromFile,
                        member.isPaused() ? SourceState.PAUSED : SourceState.FAILED,
                        member.since,
                        member.trouble,
                        0,
                        OptionalLong.empty()));
    }

    private static String uri(SourceSpec spec) {
        try {
            return SourceUri.parse(spec.uri()).redacted();
        } catch (SourceException e) {
            return "";
        }
    }

    private void put(SourceSpec spec, boolean fromFile, ManagedSource source) {
        end(spec.id());
        if (spec.startsPaused()) {
            place(new Member(spec, fromFile, clock.instant(), Optional.empty(), ""));
            return;
        }
        place(new Member(spec, fromFile, clock.instant(), Optional.of(source), ""));
        source.start();
    }

    private void place(Member member) {
        members.put(member.spec.id(), member);
        listener.came(member.spec.id());
    }

    private void drop(String id) {
        end(id);
        listener.went(id);
    }

    private void end(String id) {
        Optional.ofNullable(members.remove(id)).flatMap(Member::source).ifPresent(ManagedSource::stop);
    }

    /** The sources that were added over HTTP, except the given one. */
    private Stream<SourceSpec> addedExcept(String id) {
        return members.values().stream()
                .filter(member -> !member.fromFile)
                .map(Member::spec)
                .filter(spec -> !spec.id().equals(id));
    }

    private static String fileOwns(String id) {
        return "source " + id + " stands in the settings file; change it there";
    }
}

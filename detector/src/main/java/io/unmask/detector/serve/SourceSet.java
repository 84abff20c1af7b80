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
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The sources that the service reads, as they come and go: those of the settings file and those that were added over
 * HTTP. Thread-safe.
 */
public final class SourceSet {
    private final Function<SourceSpec, ManagedSource> opener;
    private final Settings common;
    private final SavedSources saved;
    private final Feed feed;
    private final Clock clock;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private boolean closed;

    private record Member(SourceSpec spec, boolean fromFile, Instant since, Optional<ManagedSource> source) {}

    SourceSet(Function<SourceSpec, ManagedSource> opener, Settings common, SavedSources saved, Feed feed, Clock clock) {
        this.clock = clock;
        this.opener = opener;
        this.common = common;
        this.saved = saved;
        this.feed = feed;
    }

    /** Begins with what was added over HTTP before the service was stopped. */
    synchronized void restore() {
        if (closed) {
            return;
        }
        saved.load().forEach(spec -> {
            if (!members.containsKey(spec.id())) {
                put(spec, false);
            }
        });
    }

    /**
     * Makes the sources of the settings file the running ones: those that are new start, those that are gone or changed
     * end. All or nothing.
     *
     * @throws RefusedException when one cannot be; then nothing has changed
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
                        + ": a source of this id was added over HTTP; remove it" + " there or choose another id");
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
     * Adds a source or changes one that was added so.
     *
     * @return whether it is new
     * @throws RefusedException when it cannot be, with every problem
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
        put(spec, false);
        save();
        return before == null;
    }

    /**
     * Removes a source that was added over HTTP.
     *
     * @return whether there was one
     * @throws RefusedException when it stands in the settings file
     */
    public synchronized boolean remove(String id) {
        Member member = members.get(id);
        if (member == null) {
            return false;
        }
        if (member.fromFile) {
            throw new RefusedException(fileOwns(id));
        }
        drop(id);
        save();
        return true;
    }

    /**
     * Leaves a source alone, or takes it up again. For one of the settings file this holds until the file changes it or
     * the service ends.
     *
     * @return whether there is such a source
     */
    public synchronized boolean pause(String id, boolean paused) {
        Member member = members.get(id);
        if (member == null) {
            return false;
        }
        if (member.source.isEmpty() != paused) {
            member.source.ifPresent(ManagedSource::stop);
            Optional<ManagedSource> source = paused ? Optional.empty() : Optional.of(opener.apply(member.spec));
            // The file's own entry is kept as it is, so that an edit of another source does not resume this one.
            SourceSpec spec = member.fromFile ? member.spec : member.spec.withPaused(paused);
            members.put(id, new Member(spec, member.fromFile, clock.instant(), source));
            source.ifPresent(ManagedSource::start);
            save();
        }
        return true;
    }

    /** All sources in the order in which they came. */
    public synchronized List<SourceStatus> list() {
        return members.entrySet().stream()
                .map(entry -> status(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** One source. */
    public synchronized Optional<SourceStatus> find(String id) {
        return Optional.ofNullable(members.get(id)).map(member -> status(id, member));
    }

    /** The newest picture of a source, if there is the source and a picture. */
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

    /** Ends all sources, and lets none begin. */
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
                        SourceState.PAUSED,
                        member.since,
                        "",
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

    private void put(SourceSpec spec, boolean fromFile) {
        put(spec, fromFile, opener.apply(spec));
    }

    private void put(SourceSpec spec, boolean fromFile, ManagedSource source) {
        if (closed) {
            throw new RefusedException("the service is ending");
        }
        drop(spec.id());
        if (spec.startsPaused()) {
            members.put(spec.id(), new Member(spec, fromFile, clock.instant(), Optional.empty()));
            return;
        }
        members.put(spec.id(), new Member(spec, fromFile, clock.instant(), Optional.of(source)));
        source.start();
    }

    private void drop(String id) {
        Member member = members.remove(id);
        if (member != null) {
            member.source.ifPresent(ManagedSource::stop);
            feed.forget(id);
        }
    }

    private void save() {
        saved.save(members.values().stream()
                .filter(member -> !member.fromFile)
                .map(Member::spec)
                .toList());
    }

    private static String fileOwns(String id) {
        return "source " + id + " stands in the settings file; change it there";
    }
}

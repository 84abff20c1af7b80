package io.unmask.detector.cli;

import io.cloudevents.CloudEvent;
import io.unmask.detector.verdict.StreamState;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.VerdictEvent;
import java.nio.charset.StandardCharsets;

/** Shows events as they come. One thread at a time. */
interface ResultView {

    /** How results are written. */
    enum Format {
        TEXT,
        JSON
    }

    void show(CloudEvent event);

    static ResultView of(Format format, Console console, boolean namesStreams) {
        return format == Format.JSON ? new Json(console) : new Text(console, namesStreams);
    }

    /** One CloudEvent a line, in JSON, and nothing else. */
    record Json(Console console) implements ResultView {
        @Override
        public void show(CloudEvent event) {
            console.printPlain(new String(VerdictEvent.toJson(event), StandardCharsets.UTF_8));
        }
    }

    /** A table whose rows are clips, with a last line for each face and each source. */
    final class Text implements ResultView {
        private final Console console;
        private final boolean namesStreams;
        private final SourceLines sources = new SourceLines();
        private boolean headed;

        /** @param namesStreams whether events of several streams mix, so that each row must say whose it is */
        Text(Console console, boolean namesStreams) {
            this.console = console;
            this.namesStreams = namesStreams;
        }

        @Override
        public void show(CloudEvent event) {
            if (VerdictEvent.isVerdict(event)) {
                show(VerdictEvent.parse(event));
            } else if (VerdictEvent.isState(event)) {
                show(VerdictEvent.parseState(event));
            }
        }

        private void show(Verdict verdict) {
            sources.add(verdict);
            if (verdict.kind() == Verdict.Kind.CLIP) {
                if (!headed) {
                    console.print(VerdictLines.header());
                    headed = true;
                }
                console.print(VerdictLines.clip(verdict) + whose(verdict.stream()));
            } else if (verdict.face().isPresent()) {
                console.print(VerdictLines.face(verdict) + whose(verdict.stream()));
            }
        }

        private void show(StreamState state) {
            switch (state.state()) {
                case ENDED, FAILED -> console.print(sources.end(state));
                case STALLED, RECONNECTED ->
                    console.note(state.stream().uri() + ": " + VerdictLines.name(state.state())
                            + (state.detail().isEmpty() ? "" : ": " + state.detail()));
                case STARTED -> {}
            }
        }

        private String whose(Verdict.Stream stream) {
            return namesStreams ? "  @|faint " + stream.uri() + "|@" : "";
        }
    }
}

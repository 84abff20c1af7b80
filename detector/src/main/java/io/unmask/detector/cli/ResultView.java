package io.unmask.detector.cli;

import io.cloudevents.CloudEvent;
import io.unmask.detector.verdict.EventLine;
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

    /** Nothing more will be shown. */
    void end();

    /** For a run that ends, whose sources are all accounted for. */
    static ResultView ofRun(Format format, Console console, int sources) {
        return format == Format.JSON ? new Json(console) : new Text(console, sources > 1, sources > 1);
    }

    /** For events of any streams, without an end. */
    static ResultView ofTopic(Format format, Console console) {
        return format == Format.JSON ? new Json(console) : new Text(console, true, false);
    }

    /** One CloudEvent a line, in JSON, and nothing else. */
    record Json(Console console) implements ResultView {
        @Override
        public void show(CloudEvent event) {
            console.printDocument(new String(EventLine.of(event), StandardCharsets.UTF_8));
        }

        /** Each line stands for itself. */
        @Override
        public void end() {}
    }

    /** A table whose rows are clips, with a last line for each face and each source. */
    final class Text implements ResultView {
        private final Console console;
        private final boolean namesStreams;
        private final SourceLines sources;
        private boolean headed;

        /**
         * @param namesStreams whether events of several streams mix, so that each row must say whose it is
         * @param accounting whether a table at the end accounts for each source
         */
        Text(Console console, boolean namesStreams, boolean accounting) {
            this.console = console;
            this.sources = new SourceLines(accounting);
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

        @Override
        public void end() {
            sources.table().forEach(console::print);
        }

        private void show(Verdict verdict) {
            sources.add(verdict);
            if (verdict.kind() == Verdict.Kind.CLIP) {
                if (!headed) {
                    console.print(VerdictLines.header(verdict));
                    headed = true;
                }
                console.print(VerdictLines.clip(verdict) + whose(verdict.stream()));
            } else if (verdict.face().isPresent()) {
                console.print(VerdictLines.face(verdict) + whose(verdict.stream()));
            }
        }

        private void show(StreamState state) {
            switch (state.state()) {
                case ENDED, FAILED -> sources.end(state).forEach(console::print);
                case STALLED, RECONNECTED ->
                    console.note(state.stream().uri() + ": " + VerdictLines.name(state.state())
                            + (state.detail().isEmpty() ? "" : ": " + state.detail()));
                case STARTED -> {}
            }
        }

        private String whose(Verdict.Stream stream) {
            return namesStreams ? "  @|faint " + Printable.inMarkup(stream.uri()) + "|@" : "";
        }
    }
}

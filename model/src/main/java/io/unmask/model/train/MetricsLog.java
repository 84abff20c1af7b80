package io.unmask.model.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes {@code metrics.jsonl}, a line for each step and each evaluation, and passes all on. A resumed run appends. */
final class MetricsLog implements Progress, AutoCloseable {
    static final String FILE = "metrics.jsonl";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final BufferedWriter out;
    private final Progress next;

    MetricsLog(Path folder, Progress next) throws IOException {
        file = folder.resolve(FILE);
        this.out = Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        this.next = next;
    }

    @Override
    public void stepped(Step step) {
        var line = new LinkedHashMap<String, Object>();
        line.put("step", step.step());
        line.put("loss", step.loss());
        line.put("learning_rate", step.rate());
        line.put("gradient_norm", step.gradientNorm());
        line.put("waited_ms", step.waitedMs());
        line.put("took_ms", step.tookMs());
        write(line);
        next.stepped(step);
    }

    @Override
    public void judged(Judged judged) {
        var line = new LinkedHashMap<String, Object>();
        line.put("step", judged.step());
        line.put("validation_auc", judged.auc());
        line.put("validation_log_loss", judged.logLoss());
        write(line);
        next.judged(judged);
    }

    @Override
    public void limited(String by) {
        next.limited(by);
    }

    @Override
    public void changed(String setting) {
        next.changed(setting);
    }

    @Override
    public void skipped(String file) {
        next.skipped(file);
    }

    private void write(Map<String, Object> line) {
        try {
            out.write(JSON.writeValueAsString(line));
            out.write('\n');
            out.flush(); // whoever follows the file sees whole lines
        } catch (IOException e) {
            throw TrainingException.ofUnwritten(file, e);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}

package io.unmask.samples.bench;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** All rows, in the order of the table. */
final class Rows {
    static final String DEFAULT = "end-to-end";

    static final List<Row> ALL = List.of(
            new DecodeRow(854, 480),
            new DecodeRow(1280, 720),
            new DecodeRow(1920, 1080),
            new IngestRow("ingest-one-face", Scenery.ONE),
            new IngestRow("ingest-three-faces", Scenery.THREE),
            new EndToEndRow(DEFAULT, 1, 48),
            new EndToEndRow("eight-files", 8, 16),
            new EncoderRow(),
            new ScoringRow(),
            new TrainingRow("training-loader", false),
            new TrainingRow("training-step", true),
            new DeliveryRow(),
            new GarbageRow(),
            new ColdStartRow(),
            GrowthRow.SOURCES,
            GrowthRow.FACES,
            GrowthRow.LENGTH);

    private Rows() {}

    static Optional<Row> named(String name) {
        return ALL.stream().filter(row -> row.name().equals(name)).findFirst();
    }

    static String names() {
        return ALL.stream().map(Row::name).collect(Collectors.joining(", "));
    }
}

package io.unmask.samples.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A row with what it gave.
 *
 * @param measured empty when it failed
 * @param failure why
 * @param load cores that others kept busy before it
 */
record Result(Row row, Optional<Measured> measured, Optional<String> failure, double load, boolean noisy) {

    /** Whether the target was reached; empty when that is not known. */
    Optional<Boolean> met(Target target) {
        return measured.flatMap(m -> m.figure(target)).map(target::met);
    }

    /** For machines to read. */
    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("row", row.name());
        json.put("what", row.what());
        failure.ifPresent(why -> json.put("failure", why));
        measured.ifPresent(m -> put(json, m));
        String unit = measured.map(Measured::unit).orElse("");
        json.put("mark", row.mark().text(unit));
        met(row.mark()).ifPresent(met -> json.put("mark_met", met));
        row.aim().ifPresent(aim -> json.put("aim", aim.text(unit)));
        row.aim().flatMap(this::met).ifPresent(met -> json.put("aim_met", met));
        json.put("busy_cores_before", load);
        json.put("noisy", noisy);
        return json;
    }

    private static void put(Map<String, Object> json, Measured m) {
        boolean frames = m.unit().equals(Measured.FRAMES_PER_SECOND);
        if (frames) {
            json.put("frames_per_second", Spread.of(m.ours()).median());
        }
        json.put("unit", m.unit());
        json.put("pairs", m.ours().size());
        json.put("ours", spread(m.ours()));
        if (!m.peer().isEmpty()) {
            if (frames) {
                json.put("peer_frames_per_second", Spread.of(m.peer()).median());
            }
            json.put("peer", spread(m.peer()));
            json.put("ratio", spread(Spread.ratios(m.ours(), m.peer())));
        }
        m.noPeer().ifPresent(why -> json.put("no_peer", why));
        json.putAll(m.more());
    }

    private static Map<String, Object> spread(List<Double> values) {
        Spread spread = Spread.of(values);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("median", spread.median());
        json.put("min", spread.min());
        json.put("max", spread.max());
        json.put("values", values);
        return json;
    }
}

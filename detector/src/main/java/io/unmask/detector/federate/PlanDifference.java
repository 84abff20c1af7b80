package io.unmask.detector.federate;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Says in what two plans differ. */
final class PlanDifference {
    private PlanDifference() {}

    static String of(Plan begun, Plan now) {
        List<String> differences = new ArrayList<>();
        for (RecordComponent component : Plan.class.getRecordComponents()) {
            try {
                Object before = component.getAccessor().invoke(begun);
                Object after = component.getAccessor().invoke(now);
                if (!Objects.equals(before, after)) {
                    differences.add(component.getName() + " was " + before + " and is " + after);
                }
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("a record's accessor is public", e);
            }
        }
        return String.join("; ", differences);
    }
}

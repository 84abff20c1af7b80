package io.unmask.model.runtime;

import org.tensorflow.proto.MetaGraphDef;

/** What functions a SavedModel has. */
public final class Signatures {
    private Signatures() {}

    /** Whether the model has a function of this name. */
    public static boolean has(MetaGraphDef model, String name) {
        return model.containsSignatureDef(name);
    }
}

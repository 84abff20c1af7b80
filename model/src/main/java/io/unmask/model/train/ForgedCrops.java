package io.unmask.model.train;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.data.FaceSequence;
import io.unmask.model.forge.Forger;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The forgery of an authentic face, always the same one: what is judged by where there are no real fakes.
 *
 * @param seed of the forgery
 */
record ForgedCrops(FaceSequence.Crops authentic, long seed) implements FaceSequence.Crops {

    /** The faces as they are where there are fakes; otherwise each authentic face, and its forgery beside it. */
    static List<FaceSequence> withFakes(List<FaceSequence> faces) {
        if (faces.stream().anyMatch(face -> face.label() == FaceSequence.FAKE)) {
            return faces;
        }
        var both = new ArrayList<FaceSequence>(faces);
        for (var face : faces) {
            both.add(new FaceSequence(
                    face.set(),
                    face.source() + " (self-blended)",
                    FaceSequence.FAKE,
                    face.group(),
                    "self-blended",
                    face.weight(),
                    new ForgedCrops(face.crops(), face.source().hashCode())));
        }
        return both;
    }

    @Override
    public int count() {
        return authentic.count();
    }

    @Override
    public double margin() {
        return authentic.margin();
    }

    @Override
    public double detailPx() {
        return authentic.detailPx();
    }

    @Override
    public RgbFrame read(int index) throws IOException {
        return new Forger()
                .forge(List.of(authentic.read(index)), margin(), seed)
                .frames()
                .get(0);
    }
}

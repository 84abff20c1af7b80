package io.unmask.model.train;

import io.unmask.config.Sha256;
import io.unmask.model.calibrate.Calibrator;
import io.unmask.model.evaluate.RiskCoverage;
import io.unmask.model.evaluate.Sample;
import io.unmask.model.evaluate.ScoredFaces;
import io.unmask.model.evaluate.ToolFamilies;
import io.unmask.model.evaluate.ToolTable;
import io.unmask.model.image.Condition;
import io.unmask.model.spec.Calibration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Raw scores of faces by models that had not met their tools, persons and origins: what leave-one-fold-out trainings left
 * in their folders. A final model, which learns from all folds, is calibrated by them, since it has no such faces left.
 *
 * @param parts clips in every condition, a list for each training
 * @param digest SHA-256 of the files
 */
public record LeftOut(List<List<Sample>> parts, String digest) {
    static final String FILE = "left-out.csv";

    private static final int REPLICATES = 1000;
    private static final long SEED = 1;

    /** @throws IOException naming the file that is missing or cannot be read */
    public static LeftOut read(List<Path> folders) throws IOException {
        var parts = new ArrayList<List<Sample>>();
        var digests = new StringBuilder();
        for (Path folder : folders) {
            Path file = folder.resolve(FILE);
            if (!Files.exists(file)) {
                throw new IOException(
                        file + ": not there; give the folder of a training that ended and had --leave-out");
            }
            parts.add(ScoredFaces.read(file));
            digests.append(Sha256.of(Files.readString(file)));
        }
        return new LeftOut(parts, Sha256.of(digests.toString()));
    }

    /** All clips together. */
    List<Sample> clips() {
        return parts.stream().flatMap(List::stream).toList();
    }

    /**
     * How good the models were, by tool and by origin. The faces of a part are decided by a calibration on the other parts; if
     * there is only one part, by a calibration on itself.
     */
    public ToolTable table(Calibrator calibrator) {
        return ToolTable.of(judged(calibrator), ToolFamilies.known(), REPLICATES, SEED);
    }

    /**
     * How often the models err when they judge only the faces of which they are most certain.
     *
     * @param limit on the distance; absent when the models did not tell it
     */
    public List<RiskCoverage> risk(Calibrator calibrator, Optional<Double> limit) {
        return RiskCoverage.of(judged(calibrator), limit);
    }

    /** Faces that were not encoded anew, calibrated as {@link #table} says. */
    private List<ToolTable.Part> judged(Calibrator calibrator) {
        var measured = new ArrayList<ToolTable.Part>();
        for (int part = 0; part < parts.size(); part++) {
            var others = new ArrayList<Sample>();
            for (int other = 0; other < parts.size(); other++) {
                if (other != part || parts.size() == 1) {
                    others.addAll(parts.get(other));
                }
            }
            Calibration calibration = calibrator.fit(others);
            var clean = parts.get(part).stream()
                    .filter(clip -> clip.condition().equals(Condition.CLEAN.label()))
                    .map(clip -> clip.calibrated(calibration))
                    .toList();
            measured.add(new ToolTable.Part(Validator.byFace(clean), Calibration.logitOf(calibration.threshold())));
        }
        return measured;
    }
}

package io.unmask.detector.run;

import io.unmask.config.PrivateFiles;
import io.unmask.config.Settings;
import io.unmask.config.SettingsException;
import io.unmask.config.Sha256;
import io.unmask.config.SourceSpecs;
import io.unmask.detector.pipeline.LoadedModel;
import io.unmask.detector.verdict.Rules;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.VerdictIds;
import io.unmask.detector.verdict.VerdictPolicy;
import io.unmask.ingest.face.CropSpec;
import io.unmask.model.score.ClipScorer;
import io.unmask.model.score.DjlClipScorer;
import io.unmask.model.score.ModelDirectory;
import io.unmask.model.spec.ModelCard;
import io.unmask.model.spec.ModelCards;
import io.unmask.model.spec.ModelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/** A verified model, settings that fit it, and the rules of judging that follow from both. */
public record ServingModel(ModelDirectory directory, Settings settings, Rules rules) {
    /** Folder in the data directory for the models that ship with unmask. */
    private static final String UNPACKED = "models";

    /**
     * Finds and verifies the model that the settings name, or unpacks the one that ships.
     *
     * @param clock dates the verdicts
     * @throws RunException.Refused when the model cannot work with the settings
     */
    public static ServingModel open(Settings settings, Clock clock) {
        return of(directory(settings), settings, clock);
    }

    /**
     * Opens the model of the settings or an installed one.
     *
     * @param id of an installed model, or {@link ModelShelf#CONFIGURED}
     * @throws RunException.Refused when the model cannot work with the settings
     */
    public static ServingModel open(Settings settings, ModelShelf shelf, String id, Clock clock) {
        if (id.equals(ModelShelf.CONFIGURED)) {
            return open(settings, clock);
        }
        ModelDirectory directory = shelf.open(id);
        settings.model().digest().ifPresent(directory::requireDigest);
        return of(directory, settings, clock);
    }

    private static ServingModel of(ModelDirectory directory, Settings settings, Clock clock) {
        requireFit(directory, settings);
        return new ServingModel(directory, settings, rules(directory, settings, clock));
    }

    /** Loads the model together with its rules, for a pipeline that is judging by another one. */
    public LoadedModel loadWithRules() {
        return new LoadedModel(load(), rules, theirs -> rulesFor(theirs.terms()));
    }

    /** The verified folder of the model that the settings name, whether they fit it or not. */
    public static ModelDirectory directory(Settings settings) {
        ModelDirectory directory =
                settings.model().directory().map(ModelDirectory::open).orElseGet(() -> shipped(settings));
        settings.model().digest().ifPresent(directory::requireDigest);
        return directory;
    }

    /** The model that ships, unpacked into the data directory. */
    public static ModelDirectory shipped(Settings settings) {
        return ModelDirectory.packagedDefault(ownFolder(settings).resolve(UNPACKED));
    }

    /** The card of a model that ships with this version or shipped with an earlier one, if it was unpacked here. */
    public static Optional<ModelCard> unpacked(Settings settings, String digest) {
        Path folder = settings.dataDirectory().resolve(UNPACKED).resolve(digest);
        try {
            return Files.isDirectory(folder) ? Optional.of(ModelCards.read(folder)) : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            // The unpacked copy may have been damaged.
            return Optional.empty();
        }
    }

    /**
     * The same model under other settings, as for one source of several.
     *
     * @throws RunException.Refused when the model cannot work with them
     */
    public ServingModel withSettings(Settings own) {
        return of(directory, own, rules.clock());
    }

    /**
     * The rules for a stream that another process reads and that is judged by that process's settings.
     *
     * @throws RunException.Refused when the model cannot work with them
     */
    public Rules rulesFor(Rules.Terms terms) {
        try {
            Settings theirs = SourceSpecs.withVerdicts(settings, terms.settings(), "a clip");
            requireFit(directory, theirs);
            return rules(directory, theirs, rules.clock(), terms.faceModelDigest());
        } catch (SettingsException e) {
            throw new RunException.Refused("a clip has invalid settings: " + e.getMessage(), e);
        }
    }

    private static Path ownFolder(Settings settings) {
        try {
            return PrivateFiles.createDirectories(settings.dataDirectory());
        } catch (IOException e) {
            // Whatever writes into the folder next fails with a message that says why.
            return settings.dataDirectory();
        }
    }

    public ModelCard card() {
        return directory.card();
    }

    /** How faces must be cut for this model. */
    public CropSpec crop() {
        return new CropSpec(card().spec().inputSize(), card().spec().cropScale());
    }

    /** Loads the model; the caller closes it. */
    public ClipScorer load() {
        return DjlClipScorer.open(directory, settings.model().threads());
    }

    static void requireFit(ModelDirectory model, Settings settings) {
        requireFit(model.card().spec(), "the model in " + model.path(), settings);
    }

    /**
     * Checks that a model can work with the settings.
     *
     * @param model names the model in the message
     * @throws RunException.Refused when it cannot
     */
    public static void requireFit(ModelSpec spec, String model, Settings settings) {
        if (settings.clip().frames() > spec.clipFrames()) {
            throw new RunException.Refused(
                    "clip.frames = " + settings.clip().frames() + ": " + model + " takes at most " + spec.clipFrames());
        }
        if (settings.source().sampleFps() != spec.sampleFps()) {
            throw new RunException.Refused("source.sample-fps = "
                    + settings.source().sampleFps() + ": " + model + " was trained at "
                    + spec.sampleFps());
        }
    }

    private static Rules rules(ModelDirectory model, Settings settings, Clock clock) {
        return rules(model, settings, clock, settings.face().yunetModel().map(ServingModel::digest));
    }

    private static Rules rules(ModelDirectory model, Settings settings, Clock clock, Optional<String> faceModelDigest) {
        Verdict.Model named = new Verdict.Model(
                model.card().name(),
                model.card().version(),
                model.card().digest(),
                model.card().trainingDigest(),
                model.calibration(),
                model.card().spec().labels());
        return new Rules(
                new VerdictPolicy(named, model.card().outOfDistribution(), settings),
                new VerdictIds(named, model.card().spec(), model.card().outOfDistribution(), settings, faceModelDigest),
                named,
                settings.clip().hop(),
                clock,
                new Rules.Terms(SourceSpecs.ofVerdicts(settings), faceModelDigest));
    }

    private static String digest(Path faceModel) {
        try {
            return Sha256.of(faceModel);
        } catch (IOException e) {
            throw new RunException.Refused(
                    "face.yunet-model = " + faceModel
                            + ": cannot be read; give a YuNet ONNX file or remove the setting",
                    e);
        }
    }
}

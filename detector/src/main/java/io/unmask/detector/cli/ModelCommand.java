package io.unmask.detector.cli;

import io.unmask.config.Settings;
import io.unmask.detector.run.ModelShelf;
import io.unmask.detector.run.ServingModel;
import io.unmask.model.score.ScoringException;
import io.unmask.model.spec.ModelCard;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code unmask model}. */
@Command(
        name = "model",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        description = {
            "Puts another model in place of the one that 'serve' judges by, without a restart.",
            "A model is installed as a shadow, which judges beside the other one, and then promoted."
        },
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {"  unmask model install my-model", "  unmask model promote", "  unmask model rollback"})
final class ModelCommand implements Runnable {
    private final Console console;

    @Spec
    private CommandSpec spec;

    ModelCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command given; use 'unmask model list'");
    }

    /** {@code unmask model list}. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            versionProvider = Versions.class,
            description = "Shows the models, and which of them serves, is a shadow, or served before.")
    int list(@Mixin SettingsOptions settings) {
        return change(settings, (shelf, effective) -> {});
    }

    /** {@code unmask model install}. */
    @Command(
            name = "install",
            mixinStandardHelpOptions = true,
            versionProvider = Versions.class,
            description = {
                "Verifies a model directory, copies it, and makes the copy the shadow: it judges beside the model that serves,"
                        + " and its verdicts go to a topic of their own. A running service begins to use it by itself."
            })
    int install(
            @Mixin SettingsOptions settings,
            @Parameters(paramLabel = "DIR", description = "Model directory, as 'unmask train' writes it.")
                    Path directory) {
        Settings effective = settings.load(Map.of());
        ModelShelf.Installed model = shelf(effective).install(directory, effective);
        console.printPlain(model.id() + ": " + name(model.card()) + " is installed as the shadow");
        return ExitCode.OK;
    }

    /** {@code unmask model promote}. */
    @Command(
            name = "promote",
            mixinStandardHelpOptions = true,
            versionProvider = Versions.class,
            description = "Makes a model the one that serves.")
    int promote(
            @Mixin SettingsOptions settings,
            @Parameters(
                            paramLabel = "ID",
                            arity = "0..1",
                            description = "As 'unmask model list' shows it; default: the shadow.")
                    Optional<String> id) {
        return change(settings, (shelf, effective) -> shelf.promote(id, effective));
    }

    /** {@code unmask model rollback}. */
    @Command(
            name = "rollback",
            mixinStandardHelpOptions = true,
            versionProvider = Versions.class,
            description = "Goes back to the model that served before.")
    int rollback(@Mixin SettingsOptions settings) {
        return change(settings, ModelShelf::rollback);
    }

    /** {@code unmask model unshadow}. */
    @Command(
            name = "unshadow",
            mixinStandardHelpOptions = true,
            versionProvider = Versions.class,
            description = "Stops judging with the shadow; its model stays installed.")
    int unshadow(@Mixin SettingsOptions settings) {
        return change(settings, (shelf, effective) -> shelf.withoutShadow());
    }

    private static ModelShelf shelf(Settings settings) {
        return new ModelShelf(settings.dataDirectory());
    }

    /** Changes the models and shows the result. */
    private int change(SettingsOptions settings, BiConsumer<ModelShelf, Settings> change) {
        Settings effective = settings.load(Map.of());
        ModelShelf shelf = shelf(effective);
        change.accept(shelf, effective);
        show(shelf, effective);
        return ExitCode.OK;
    }

    private void show(ModelShelf shelf, Settings settings) {
        ModelShelf.Standing standing = shelf.standing();
        line(ModelShelf.CONFIGURED, configured(settings), standing);
        shelf.list().forEach(model -> line(model.id(), described(model.card()), standing));
        shelf.unreadable()
                .forEach(id -> console.printPlain(
                        "%-12s  %-9s  its model.json cannot be read: remove its folder and install it again"
                                .formatted(id, standing.roleOf(id).orElse(""))));
    }

    /** The model of the settings or, when it cannot be read, why. Other models are shown all the same. */
    private static String configured(Settings settings) {
        try {
            return described(ServingModel.directory(settings).card());
        } catch (ScoringException e) {
            return e.getMessage();
        }
    }

    private void line(String id, String described, ModelShelf.Standing standing) {
        console.printPlain("%-12s  %-9s  %s".formatted(id, standing.roleOf(id).orElse(""), described));
    }

    private static String described(ModelCard card) {
        return name(card) + "  " + card.digest().substring(0, 12);
    }

    private static String name(ModelCard card) {
        return card.name() + " " + card.version();
    }
}

package io.unmask.model.train;

import io.unmask.config.TrainSettings;
import io.unmask.model.graph.AdamUpdate;
import io.unmask.model.graph.Architecture;
import io.unmask.model.graph.FrameEncoder;
import io.unmask.model.graph.Loss;
import io.unmask.model.graph.MobileNetV2;
import io.unmask.model.graph.TemporalHead;
import io.unmask.model.graph.TextureEncoder;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The network that settings ask for, and how a step updates it. Knows no data. */
record NetworkPlan(TrainSettings settings) {

    int framesLearnt() {
        int chosen = settings.labels().equals(Training.DETECTOR) ? 1 : settings.frames();
        return settings.learnFrames() == 0 ? chosen : settings.learnFrames();
    }

    Architecture architecture() {
        return new Architecture(
                encoder(),
                settings.inputSize(),
                settings.frames(),
                settings.recurrentUnits(),
                settings.labels().size());
    }

    FrameEncoder encoder() {
        return settings.encoderWidths().isEmpty() ? new MobileNetV2() : new TextureEncoder(settings.encoderWidths());
    }

    /**
     * Tells by the name of a layer or a weight whether it is frozen, that is, not trained. Single frames have no order, so that
     * the recurrent layer is frozen when they are what is learnt from.
     */
    Predicate<String> frozen() {
        Predicate<String> frozen = settings.freeze().map(Pattern::asPredicate).orElse(name -> false);
        return framesLearnt() == 1 && settings.frames() > 1 ? frozen.or(TemporalHead::isRecurrent) : frozen;
    }

    /** The share for a detector, else 0: with other labels there are neither forged fakes, whose masks are known, nor pairs. */
    private double ofDetector(double share) {
        return settings.labels().equals(Training.DETECTOR) ? share : 0;
    }

    TrainStep.Settings stepSettings() {
        var adam = new AdamUpdate.Settings(
                settings.beta1(), settings.beta2(), settings.epsilon(), settings.weightDecay(), settings.clipNorm());
        return new TrainStep.Settings(
                framesLearnt(),
                new Loss(settings.frameLossShare(), ofDetector(settings.pairLossShare())),
                ofDetector(settings.maskLossShare()),
                adam,
                frozen(),
                settings.proximalWeight(),
                settings.threads());
    }

    /** The facts in which a checkpoint must agree with the run that goes on from it, by the names of the settings. */
    Map<String, String> facts() {
        var widths = settings.encoderWidths().stream().map(String::valueOf).toList();
        return Map.of(
                "architecture",
                architecture().name(),
                "encoder-widths",
                String.join(", ", widths),
                "input-size",
                "" + settings.inputSize(),
                WarmStart.FRAMES,
                "" + settings.frames(),
                "recurrent-units",
                "" + settings.recurrentUnits(),
                "classes",
                "" + settings.labels().size(),
                WarmStart.SEED,
                "" + settings.seed());
    }
}

package io.unmask.detector.cli;

import io.unmask.detector.federate.Member;
import io.unmask.detector.federate.SiteKeys;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code unmask federate keys}. */
@Command(
        name = "keys",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        description = {
            "Prints this site's line for the coordinator's list of sites: pseudonym and public keys.",
            "Makes the keys first where there are none; the private ones stay in --state."
        })
final class FederateKeysCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private FederationOptions federation;

    @Option(
            names = "--site",
            paramLabel = "PSEUDONYM",
            description = "What the others call this site; default: a name made of the keys.")
    private Optional<String> site = Optional.empty();

    FederateKeysCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        site.filter(name -> !Member.isName(name)).ifPresent(name -> {
            throw new CommandFailure(ExitCode.USAGE, "--site " + name + ": " + FederationOptions.NAMES);
        });
        SiteKeys keys = federation.keys(federation.load(Map.of()));
        console.printPlain(keys.member(site.orElseGet(keys::pseudonym)).toString());
        return ExitCode.OK;
    }
}

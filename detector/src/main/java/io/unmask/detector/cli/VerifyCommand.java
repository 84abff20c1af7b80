package io.unmask.detector.cli;

import io.unmask.detector.evidence.BundleCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code unmask verify}. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        description = {
            "Verifies a bundle that 'unmask evidence export' wrote, with nothing but the bundle.",
            "Names what was changed, removed or swapped. Exit code 1 when something was."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  unmask verify door.zip"})
final class VerifyCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "BUNDLE", description = "The ZIP file.")
    private Path bundle;

    @Option(
            names = "--signer",
            paramLabel = "SHA256",
            description = "The key that must have signed, as an earlier verification showed it.")
    private Optional<String> signer = Optional.empty();

    VerifyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        BundleCheck.Result result = check();
        console.printPlain("stream   " + result.stream());
        console.printPlain("signer   " + result.signer());
        result.models().forEach(model -> console.printPlain("model    " + model));
        console.printPlain("holds    %d events, %d pictures; %d pictures were erased"
                .formatted(result.events(), result.pictures(), result.erased()));
        result.breaches().forEach(breach -> console.printPlain("BROKEN   " + breach));
        boolean stranger =
                signer.filter(wanted -> !wanted.equals(result.signer())).isPresent();
        if (stranger) {
            console.printPlain("BROKEN   it is signed by another key than --signer says");
        }
        boolean whole = result.breaches().isEmpty() && !stranger;
        console.printPlain(whole ? "whole: nothing was changed since it was exported" : "not whole");
        return whole ? ExitCode.OK : ExitCode.FAILURE;
    }

    private BundleCheck.Result check() {
        try {
            return BundleCheck.check(bundle);
        } catch (IOException e) {
            throw CommandFailure.of(e);
        }
    }
}

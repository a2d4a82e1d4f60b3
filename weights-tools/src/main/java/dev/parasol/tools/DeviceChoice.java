package dev.parasol.tools;

import dev.parasol.tools.run.Bench;
import picocli.CommandLine.Option;

/** The option of every command that runs a model. */
final class DeviceChoice {
    @Option(
            names = "--device",
            paramLabel = "D",
            description = "cuda:N or soft:N (default: PARASOL_DEVICE, else the first GPU, else the software device).")
    String device;

    Bench open() {
        return Bench.open(device);
    }
}

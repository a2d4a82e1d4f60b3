package dev.parasol.cli;

import dev.parasol.cuda.DeviceSpec;
import picocli.CommandLine.Option;

/** The option of every command that needs a device. */
final class DeviceOption {
    @Option(
            names = "--device",
            paramLabel = "D",
            description = "cuda:N or soft:N (default: PARASOL_DEVICE, else the first GPU, else the software device).")
    String device;

    /** The device that was asked for, or else the one that the surroundings choose. */
    DeviceSpec spec() {
        try {
            return DeviceSpec.select(device);
        } catch (IllegalArgumentException e) {
            throw new CommandException(e.getMessage());
        }
    }
}

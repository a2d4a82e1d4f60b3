package dev.parasol.bench;

import dev.parasol.cuda.DeviceSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The choice of the device, as everywhere in Parasol. */
public final class DeviceOption {
    @Spec(Spec.Target.MIXEE)
    CommandSpec command;

    @Option(names = "--device", paramLabel = "D", description = "cuda:N or soft:N (default: PARASOL_DEVICE, else the first GPU, else soft:0).")
    String device;

    /** The device, which from now on is this process's default too. */
    public DeviceSpec select() {
        try {
            DeviceSpec spec = DeviceSpec.select(device);
            System.setProperty(DeviceSpec.PROPERTY, spec.toString());
            return spec;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), e.getMessage());
        }
    }

    /** What every output says first. */
    public static String describe(DeviceSpec spec) {
        return spec + (spec.kind() == DeviceSpec.Kind.SOFT ? " (the software device: no GPU figure is among these)" : "");
    }
}

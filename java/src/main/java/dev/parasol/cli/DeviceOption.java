package dev.parasol.cli;

import dev.parasol.cuda.DeviceSpec;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The option of every command that needs a device, for picocli's {@code @Mixin}. */
public final class DeviceOption {
    @Option(
            names = "--device",
            paramLabel = "D",
            converter = Converter.class,
            description = "cuda:N or soft:N (default: PARASOL_DEVICE, else the first GPU, else the software device).")
    DeviceSpec device;

    /** The device that was asked for, or else the one that the surroundings choose. */
    public DeviceSpec spec() {
        if (device != null) {
            return device;
        }
        try {
            return DeviceSpec.select(null);
        } catch (IllegalArgumentException e) {
            throw new CommandException(DeviceSpec.VARIABLE + ": " + e.getMessage());
        }
    }

    /** Reads a device's name. */
    static final class Converter implements ITypeConverter<DeviceSpec> {
        @Override
        public DeviceSpec convert(String text) {
            try {
                return DeviceSpec.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}

package dev.parasol.cli;

import dev.parasol.cuda.DeviceSpec;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@link DeviceOption} of a command that can use several devices at once. */
final class DevicesOption {
    @Option(
            names = "--device",
            paramLabel = "D[,D...]",
            converter = Converter.class,
            description = "cuda:N or soft:N (default: PARASOL_DEVICE, else the first GPU, else the software device). Several, such as"
                    + " cuda:0,cuda:1, have the model each and share the work.")
    String devices;

    /** The devices that were asked for, or else the one that the surroundings choose, with commas between them. */
    String specs() {
        return devices != null ? devices : new DeviceOption().spec().toString();
    }

    /** Reads the devices' names. */
    static final class Converter implements ITypeConverter<String> {
        @Override
        public String convert(String text) {
            try {
                return DeviceSpec.parseList(text).stream().map(DeviceSpec::toString).collect(Collectors.joining(","));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}

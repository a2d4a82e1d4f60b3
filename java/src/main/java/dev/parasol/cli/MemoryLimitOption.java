package dev.parasol.cli;

import dev.parasol.memory.MemoryLimit;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The option of every command that bounds device memory, or tells what would fit. */
final class MemoryLimitOption {
    @Option(
            names = "--memory-limit",
            paramLabel = "SIZE",
            converter = Converter.class,
            description = "Device memory that may be held in all: a size such as 1GiB, 700MiB, 500MB, or a share of the device such as 50%%"
                    + " (default: what the device has).")
    MemoryLimit limit;

    /** Reads the value. */
    static final class Converter implements ITypeConverter<MemoryLimit> {
        @Override
        public MemoryLimit convert(String text) {
            try {
                return MemoryLimit.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}

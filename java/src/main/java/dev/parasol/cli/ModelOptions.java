package dev.parasol.cli;

import dev.parasol.pipeline.Recognizer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that runs a model. */
final class ModelOptions {
    @Mixin
    ModelChoice choice;

    @Mixin
    DeviceOption device;

    @Option(
            names = "--memory-limit",
            paramLabel = "SIZE",
            converter = ByteSize.class,
            description = "Device memory that may be used, such as 1GiB or 700MiB (default: what the device has).")
    Long memoryLimit;

    Recognizer.Builder recognizer() {
        Recognizer.Builder builder = Recognizer.builder()
                .model(choice.model)
                .device(device.spec().toString())
                .precision(choice.precision)
                .keepLayers(choice.keepLayers);
        if (memoryLimit != null) {
            builder.memoryLimit(memoryLimit);
        }
        return builder;
    }

    /** Says on standard error what of the model was left aside. */
    static void tell(Recognizer recognizer) {
        recognizer.notices().forEach(notice -> System.err.println("parasol: " + Printable.of(notice)));
    }
}

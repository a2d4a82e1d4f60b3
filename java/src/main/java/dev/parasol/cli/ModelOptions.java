package dev.parasol.cli;

import dev.parasol.cuda.DeviceSpec;
import dev.parasol.pipeline.Recognizer;
import picocli.CommandLine.Mixin;

/** The options of every command that runs a model, but for the device. */
final class ModelOptions {
    @Mixin
    ModelChoice choice;

    @Mixin
    MemoryLimitOption memory;

    Recognizer.Builder recognizer(DeviceSpec device) {
        Recognizer.Builder builder = Recognizer.builder()
                .model(choice.model)
                .device(device.toString())
                .precision(choice.precision)
                .keepLayers(choice.keepLayers);
        if (memory.limit != null) {
            builder.memoryLimit(memory.limit);
        }
        return builder;
    }

    /** Says on standard error what of the model was left aside. */
    static void tell(Recognizer recognizer) {
        Notices.tell(recognizer.notices());
    }
}

package dev.parasol.cli;

import dev.parasol.cuda.DeviceSpec;
import dev.parasol.model.Precision;
import dev.parasol.pipeline.Recognizer;
import dev.parasol.weights.LayerMask;
import picocli.CommandLine.Option;

/** The options of every command that runs a model. */
final class ModelOptions {
    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR",
            description = "FunASR model folder, or synth:paraformer-large[:seed] or synth:DIR for random weights.")
    String model;

    @Option(
            names = "--device",
            paramLabel = "D",
            description = "cuda:N or soft:N (default: PARASOL_DEVICE, else the first GPU, else the software device).")
    String device;

    @Option(names = "--precision", paramLabel = "P", defaultValue = "fp16", description = "fp16 (default) or fp32.")
    Precision precision;

    @Option(
            names = "--keep-layers",
            paramLabel = "LAYERS",
            converter = LayerMaskOption.class,
            description = "Run with these layers alone and load no others: 0-5,8,10-49 of the encoder (encoders0 is 0), d0-15 of the"
                    + " decoder, mixed by commas, or a file (@FILE). A side that is not named is kept whole.")
    LayerMask keepLayers = LayerMask.ALL;

    @Option(
            names = "--memory-limit",
            paramLabel = "SIZE",
            converter = ByteSize.class,
            description = "Device memory that may be used, such as 1GiB or 700MiB (default: what the device has).")
    Long memoryLimit;

    Recognizer.Builder recognizer() {
        Recognizer.Builder builder = Recognizer.builder().model(model).device(spec(device).toString()).precision(precision).keepLayers(keepLayers);
        if (memoryLimit != null) {
            builder.memoryLimit(memoryLimit);
        }
        return builder;
    }

    /** The device that was asked for, or else the one that the surroundings choose. */
    static DeviceSpec spec(String device) {
        try {
            return DeviceSpec.select(device);
        } catch (IllegalArgumentException e) {
            throw new CommandException(e.getMessage());
        }
    }

    /** Says on standard error what of the model was left aside. */
    static void tell(Recognizer recognizer) {
        recognizer.notices().forEach(notice -> System.err.println("parasol: " + notice));
    }
}

package dev.parasol.cli;

import dev.parasol.weights.LayerMask;
import dev.parasol.weights.LinearSchemes;
import picocli.CommandLine.Option;

/** The options that say which model, in which precision and with which layers. */
final class ModelChoice {
    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR",
            converter = FileName.class,
            description = "FunASR model folder, or synth:paraformer-large[:seed] or synth:DIR[:seed] for random weights.")
    String model;

    @Option(
            names = "--precision",
            paramLabel = "P",
            converter = PrecisionOption.class,
            description = "fp32, fp16, int8, int8-weights (int8 weights, fp16 products), or mixed:FILE with a scheme for each linear layer"
                    + " as JSON: {\"layers\": {NAME or PATTERN: SCHEME}, \"default\": SCHEME}, a SCHEME being fp16, int8-weights, int8-dynamic"
                    + " or int8-static. Default: what the model is quantized to, else fp16.")
    LinearSchemes precision;

    @Option(
            names = "--keep-layers",
            paramLabel = "LAYERS",
            converter = LayerMaskOption.class,
            description = "Run with these layers alone and load no others: 0-5,8,10-49 of the encoder (encoders0 is 0), d0-15 of the"
                    + " decoder, mixed by commas, or a file (@FILE). A side that is not named is kept whole.")
    LayerMask keepLayers = LayerMask.ALL;
}

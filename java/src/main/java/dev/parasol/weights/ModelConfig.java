package dev.parasol.weights;

/**
 * What a FunASR {@code config.yaml} says of a Paraformer, checked: every value is one that this library runs.
 *
 * @param model {@code Paraformer}, {@code BiCifParaformer} or {@code SeacoParaformer}
 */
public record ModelConfig(String model, EncoderConfig encoder, PredictorConfig predictor, DecoderConfig decoder, FrontendConfig frontend) {}

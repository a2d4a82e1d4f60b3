package dev.parasol.model;

import dev.parasol.weights.DecoderConfig;
import dev.parasol.weights.EncoderConfig;
import dev.parasol.weights.FrontendConfig;
import dev.parasol.weights.ModelConfig;
import dev.parasol.weights.PredictorConfig;

/** Shapes of models for tests that need no weights. */
final class TestModels {
    static final int VOCABULARY = 8404;
    static final FrontendConfig FRONTEND = new FrontendConfig(80, 7, 6);

    private TestModels() {}

    /** Paraformer-large. */
    static ModelConfig large() {
        return model(512, 4, 2048, 50, 16);
    }

    static ModelConfig model(int width, int heads, int units, int encoderLayers, int decoderLayers) {
        return new ModelConfig("Paraformer",
                new EncoderConfig(560, width, heads, units, encoderLayers, 11, 0),
                new PredictorConfig(false, 1, 1, 0.45f, 1, 0),
                new DecoderConfig(heads, units, decoderLayers, 11, 0),
                FRONTEND);
    }

    /** A batch of utterances with these lengths. */
    static BatchShape seconds(double... seconds) {
        long[] samples = new long[seconds.length];
        for (int i = 0; i < seconds.length; i++) {
            samples[i] = Math.round(seconds[i] * FrontendConfig.SAMPLE_RATE);
        }
        return BatchLayout.ofWaveforms(FRONTEND, samples).shape();
    }
}

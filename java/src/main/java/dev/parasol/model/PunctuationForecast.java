package dev.parasol.model;

import dev.parasol.weights.DeviceWeights;
import dev.parasol.weights.ModelTensors;
import dev.parasol.weights.PunctuationFolder;
import dev.parasol.weights.WeightSpec;
import java.util.List;

/**
 * The memory that a punctuation model takes, to the byte, known without loading it and without a device.
 *
 * @param words words of the text that was asked about
 * @param weightBytes region {@code weights}: encoder and output layer
 * @param stagingBytes region {@code staging} while the model is loaded
 * @param slabBytes the slab of a pass over the words
 * @param hostBytes pinned host memory for what goes up and comes down in a pass
 * @param embeddingBytes the embedding in fp32, which stays in its file
 */
public record PunctuationForecast(int words, long weightBytes, long stagingBytes, long slabBytes, long hostBytes, long embeddingBytes) {
    /** The memory of {@code folder} and of one pass over {@code words} words, at least one. */
    public static PunctuationForecast of(PunctuationFolder folder, Precision precision, int words) {
        List<WeightSpec> specs = ModelTensors.punctuation(folder.config(), precision.matrixType());
        BatchShape bucket = CtTransformerPass.bucket(BatchLayout.ofFeatures(words).shape());
        ForwardPlan plan = CtTransformerPass.plan(folder.config(), precision, bucket, false);
        long embedding = (long) folder.tokens().size() * folder.config().encoder().inputSize() * Float.BYTES;
        return new PunctuationForecast(words, DeviceWeights.bytes(specs, List.of()), DeviceWeights.stagingBytes(specs, List.of(), false),
                plan.peakBytes(), Uploader.PINNED_BYTES + InputOffsets.bytes(bucket.batch()) + plan.results().bytes(), embedding);
    }

    /** The forecast for people. */
    public String toText() {
        ForecastRows rows = new ForecastRows("punctuation");
        rows.add("weights", weightBytes);
        rows.add("activations of " + words + " words", slabBytes);
        rows.add("staging, while loading", stagingBytes);
        rows.add("pinned host memory", hostBytes);
        rows.add("embedding, in its file and not on the device", embeddingBytes);
        return rows.toString();
    }
}

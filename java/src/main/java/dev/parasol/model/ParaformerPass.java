package dev.parasol.model;

import dev.parasol.cuda.DataType;
import dev.parasol.weights.Extras;
import dev.parasol.weights.KeptLayers;
import dev.parasol.weights.LinearScheme;
import dev.parasol.weights.ModelConfig;
import java.util.Arrays;
import java.util.List;

/** A Paraformer's forward pass from waveforms or features to token ids in pinned host memory. */
final class ParaformerPass {
    private ParaformerPass() {}

    /**
     * Adds all steps of the pass.
     *
     * @param extras what comes down beside the ids
     * @return waveforms ({@code [1, samples]}) or features, to be uploaded before the first step
     */
    static PlannedBuffer plan(PlanBuilder plan, ModelConfig config, KeptLayers layers, int vocabularySize, Extras extras, boolean logProbs) {
        Operations operations = new Operations(plan);
        PlannedBuffer input;
        PlannedBuffer features;
        if (plan.shape().fromWaveforms()) {
            input = plan.input("wave", DataType.F32, 1, Math.toIntExact(plan.shape().samples()));
            features = new FrontEnd(config.frontend()).plan(operations, input);
        } else {
            input = plan.input("features", DataType.F32, plan.shape().frames(), config.frontend().featureSize());
            plan.step("features", List.of(input), execution -> {});
            features = input;
        }
        plan.stage("features", features, Rows.FRAMES);
        plan.part(Part.ENCODER);
        SanmEncoder.Output encoded = new SanmEncoder(config.encoder(), layers.encoder()).plan(operations, features, reader(plan, layers));
        plan.part(Part.PREDICTOR);
        CifPredictor predictor = new CifPredictor(config.predictor(), extras);
        PlannedBuffer y = predictor.plan(operations, encoded);
        PlannedBuffer embeds = extras.hotwords() == null ? null : predictor.embeds(operations, encoded, "hotwords.embeds");
        if (extras.head() != null) {
            new TimestampHeadPass(extras.head()).plan(operations, encoded);
        }
        plan.traced(extras.weightsPerFrame());
        plan.part(Part.DECODER);
        SanmDecoder decoder = new SanmDecoder(config.decoder(), "decoder.", layers.decoder());
        decoder.plan(operations, y, new FrameMemory(encoded));
        PlannedBuffer hidden = decoder.hidden(operations, y);
        plan.part(Part.OUTPUT);
        OutputLayer output = new OutputLayer("decoder.output_layer", vocabularySize, Rows.TOKENS);
        if (logProbs) {
            output.logProbs(operations, hidden);
        }
        output.ids(operations, hidden, plan.results());
        if (extras.hotwords() != null) {
            new HotwordPass(operations, extras.hotwords(), vocabularySize).plan(embeds, decoder, y);
        }
        output.download(plan);
        return input;
    }

    /** A layer of the decoder that reads the encoder's output in int8 with a scale a token, or null. */
    private static String reader(PlanBuilder plan, KeptLayers layers) {
        return Arrays.stream(layers.decoder()).mapToObj(SanmDecoder::keysAndValues)
                .filter(linear -> plan.schemes().of(linear) == LinearScheme.INT8_DYNAMIC).findFirst().orElse(null);
    }
}

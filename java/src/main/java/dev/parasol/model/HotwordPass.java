package dev.parasol.model;

import dev.parasol.cuda.DataType;
import dev.parasol.kernels.Matrix;
import dev.parasol.kernels.Ragged;
import dev.parasol.weights.Hotwords;
import dev.parasol.weights.SeacoConfig;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The hotwords of a SeACo-Paraformer. An LSTM makes a vector of each word; a decoder attends to these twice, with CIF's tokens and
 * with the recogniser's, and where the sum of both means a hotword, its token takes the place of the recogniser's. Of many words
 * each utterance has those that get most of its tokens' attention, so that its text does not depend on its neighbours (FunASR
 * chooses by the first utterance of a batch).
 */
final class HotwordPass {
    private static final String ENCODER = "bias_encoder.";
    private static final String DECODER = "seaco_decoder.";
    private static final String OUTPUT = "hotword_output_layer";

    private final Hotwords hotwords;
    private final int outputs;
    private final Operations operations;
    private final PlanBuilder plan;
    private final SanmDecoder decoder;

    /** @param outputs rows of the output layer */
    HotwordPass(Operations operations, Hotwords hotwords, int outputs) {
        this.operations = operations;
        this.plan = operations.plan();
        this.hotwords = hotwords;
        this.outputs = outputs;
        this.decoder = new SanmDecoder(hotwords.config().decoder(), DECODER, IntStream.range(0, hotwords.config().decoder().numBlocks()).toArray());
    }

    /**
     * Adds all steps; the ids among the results are those with hotwords then.
     *
     * @param embeds CIF's tokens {@code [tokens, d]}, overwritten
     * @param recogniser the decoder that has recognised
     * @param y what its tokens ended with, before its norm
     */
    void plan(PlannedBuffer embeds, SanmDecoder recogniser, PlannedBuffer y) {
        plan.part(Part.HOTWORDS);
        PlannedBuffer words = encode(y.cols());
        CrossMemory memory = memory(words, recogniser, y);
        decoder.plan(operations, embeds, memory);
        PlannedBuffer acoustic = decoder.exactHidden(operations, embeds);
        PlannedBuffer hidden = recogniser.exactHidden(operations, y);
        decoder.plan(operations, hidden, memory);
        PlannedBuffer linguistic = decoder.exactHidden(operations, hidden);
        PlannedBuffer merged = plan.factor("hotwords merged", y.rows(), y.cols());
        operations.step("hotwords.merged", Rows.TOKENS, List.of(acoustic, linguistic, merged), e ->
                e.kernels().addRows().launch(e.stream(), e.matrix(acoustic), e.matrix(linguistic), e.matrix(merged), e.count(Rows.TOKENS)));
        plan.stage("hotwords.merged", merged, Rows.TOKENS);
        PlannedBuffer ids = plan.buffer("hotwords.ids", DataType.I32, y.rows(), 1);
        new OutputLayer(OUTPUT, outputs, Rows.TOKENS).ids(operations, merged, ids);
        operations.step("hotwords.choice", Rows.TOKENS, List.of(ids, plan.results()), e ->
                e.kernels().mergeIds().launch(e.stream(), e.address(plan.results()), e.address(ids), hotwords.config().noBias(), y.rows(), e.count(Rows.TOKENS)));
    }

    /** A vector of each word: the LSTM's state behind its last token. */
    private PlannedBuffer encode(int d) {
        int tokens = hotwords.tokens();
        DataType type = plan.matrixType();
        PlannedBuffer state = plan.factor(ENCODER + "state", tokens, d);
        PlannedBuffer gates = plan.buffer(ENCODER + "gates", type, tokens, 4 * d);
        operations.clearPadding(state);
        if (type == DataType.F16) {
            plan.step("hotwords.embeddings", List.of(state), e -> e.kernels().convert().launch(e.stream(), embeddings(e, d), e.matrix(state), 0));
        }
        for (int layer = 0; layer < SeacoConfig.LSTM_LAYERS; layer++) {
            boolean fromTable = layer == 0 && type == DataType.F32;
            String suffix = "_l" + layer;
            plan.step(ENCODER + "weight_ih" + suffix, List.of(state, gates), e ->
                    e.kernels().gemm().launch(e.stream(), fromTable ? embeddings(e, d) : e.matrix(state), e.weights().matrix(ENCODER + "weight_ih" + suffix),
                            e.weights().vector(ENCODER + "bias_ih" + suffix), null, false, e.matrix(gates), 0));
            plan.step(ENCODER + "weight_hh" + suffix, List.of(state, gates), e ->
                    e.kernels().lstm().launch(e.stream(), e.matrix(gates), e.weights().matrix(ENCODER + "weight_hh" + suffix),
                            e.weights().vector(ENCODER + "bias_hh" + suffix), new Ragged(e.weights().constant(HotwordTables.OFFSETS), hotwords.count(), tokens), 1,
                            false, e.matrix(state)));
        }
        PlannedBuffer words = plan.factor("hotwords.words", hotwords.count(), d);
        plan.step("hotwords.words", List.of(state, words), e ->
                e.kernels().gatherRows().launch(e.stream(), e.matrix(state), e.weights().constant(HotwordTables.LAST), e.matrix(words)));
        return words;
    }

    private Matrix embeddings(Execution e, int d) {
        return new Matrix(e.weights().constant(HotwordTables.EMBEDDINGS), DataType.F32, hotwords.tokens(), d, PlanBuilder.padded(d));
    }

    private CrossMemory memory(PlannedBuffer words, SanmDecoder recogniser, PlannedBuffer y) {
        PlannedBuffer bounds = plan.buffer("hotwords.bounds", DataType.I32, 1, 2);
        operations.step("hotwords.bounds", Rows.TOKENS, List.of(bounds), e ->
                e.kernels().tokenOffsets().launch(e.stream(), e.count(Rows.TOKENS), 1, e.address(bounds)));
        HotwordMemory all = HotwordMemory.shared(words, bounds, y.rows());
        return hotwords.filtered() ? chosen(words, all, recogniser.exactHidden(operations, y)) : all;
    }

    /** The words that get most attention of an utterance's tokens in one layer. */
    private CrossMemory chosen(PlannedBuffer words, HotwordMemory all, PlannedBuffer hidden) {
        int batch = plan.shape().batch();
        int heads = hotwords.config().decoder().attentionHeads();
        int d = words.cols();
        for (int layer = 0; layer < Hotwords.FILTERING_LAYER; layer++) {
            decoder.layer(operations, layer, hidden, all);
        }
        PlannedBuffer q = decoder.queries(operations, Hotwords.FILTERING_LAYER, hidden);
        PlannedBuffer kv = all.keysAndValues(operations, DECODER + "decoders." + Hotwords.FILTERING_LAYER + ".", d);
        PlannedBuffer mass = plan.buffer("hotwords.mass", DataType.F32, batch * heads, hotwords.count());
        operations.step("hotwords.mass", Rows.TOKENS, List.of(q, kv, mass), e ->
                e.kernels().attentionMass().launch(e.stream(), heads, e.matrix(q), e.ragged(Rows.TOKENS), e.columns(new Operations.Part(kv, 0), d), e.address(mass)));
        int each = Hotwords.FILTERED + 1;
        PlannedBuffer index = plan.buffer("hotwords.index", DataType.I32, batch, each);
        PlannedBuffer offsets = plan.buffer("hotwords.offsets", DataType.I32, 1, batch + 1);
        plan.step("hotwords.index", List.of(mass, index, offsets), e ->
                e.kernels().topKeys().launch(e.stream(), e.address(mass), batch, heads, hotwords.count(), Hotwords.FILTERED, e.address(index), e.address(offsets)));
        PlannedBuffer chosen = plan.factor("hotwords.chosen", Math.multiplyExact(batch, each), d);
        plan.step("hotwords.chosen", List.of(words, index, chosen), e ->
                e.kernels().gatherRows().launch(e.stream(), e.matrix(words), e.address(index), e.matrix(chosen)));
        return HotwordMemory.chosen(chosen, offsets, batch);
    }
}

package dev.parasol.model;

import dev.parasol.kernels.Matrix;
import dev.parasol.kernels.Ragged;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Hotwords: tokens attend to the words of their utterance, or all of them to the same words. */
final class HotwordMemory implements CrossMemory {
    private final PlannedBuffer words;
    private final List<PlannedBuffer> touched;
    private final Function<Execution, Ragged> queries;
    private final Function<Execution, Ragged> keys;

    /**
     * @param words a row a word, {@code [words, d]} as a factor
     * @param touched the buffers that hold the offsets of tokens and words
     */
    private HotwordMemory(PlannedBuffer words, List<PlannedBuffer> touched, Function<Execution, Ragged> queries, Function<Execution, Ragged> keys) {
        this.words = words;
        this.touched = touched;
        this.queries = queries;
        this.keys = keys;
    }

    /**
     * The same words for all tokens, which are one utterance then.
     *
     * @param bounds zero and the number of tokens
     */
    static HotwordMemory shared(PlannedBuffer words, PlannedBuffer bounds, int tokens) {
        return new HotwordMemory(words, List.of(bounds), e -> new Ragged(e.address(bounds), 1, tokens),
                e -> new Ragged(e.weights().constant(HotwordTables.ALL), 1, words.rows()));
    }

    /** Words of its own for each of {@code batch} utterances. */
    static HotwordMemory chosen(PlannedBuffer words, PlannedBuffer offsets, int batch) {
        return new HotwordMemory(words, List.of(offsets), e -> e.ragged(Rows.TOKENS), e -> new Ragged(e.address(offsets), batch, words.rows()));
    }

    @Override
    public PlannedBuffer keysAndValues(Operations operations, String layer, int d) {
        PlanBuilder plan = operations.plan();
        PlannedBuffer kv = plan.buffer(layer + "src_attn.kv", plan.matrixType(), words.rows(), 2 * d);
        String linear = layer + "src_attn.linear_k_v";
        plan.step(linear, List.of(words, kv), e -> {
            Matrix a = e.matrix(words);
            if (e.weights().tiled(linear + ".weight")) {
                e.kernels().gemmSm90().launch(e.stream(), a, e.weights().tiledMatrix(linear + ".weight"), e.weights().vector(linear + ".bias"), null, false,
                        e.matrix(kv), 0);
            } else {
                e.kernels().gemm().launch(e.stream(), a, e.weights().matrix(linear + ".weight"), e.weights().vector(linear + ".bias"), null, false, e.matrix(kv), 0);
            }
        });
        return kv;
    }

    @Override
    public void attend(Operations operations, String layer, int heads, PlannedBuffer q, PlannedBuffer kv, Factor attended) {
        int d = q.cols();
        List<PlannedBuffer> all = new ArrayList<>(touched);
        all.addAll(List.of(q, kv, attended.values()));
        operations.step(layer + "src_attn", Rows.TOKENS, all, e ->
                e.kernels().attention().launch(e.stream(), heads, e.matrix(q), queries.apply(e), e.columns(new Operations.Part(kv, 0), d),
                        e.columns(new Operations.Part(kv, d), d), keys.apply(e), e.matrix(attended.values())));
    }
}

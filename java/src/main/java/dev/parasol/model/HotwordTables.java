package dev.parasol.model;

import dev.parasol.weights.Constant;
import dev.parasol.weights.EmbeddingTable;
import dev.parasol.weights.Hotwords;
import java.util.List;

/** Hotwords on the device: the embeddings of their tokens, and where each word begins and ends. */
final class HotwordTables {
    static final String EMBEDDINGS = "hotwords.embeddings";
    /** Where each word's tokens begin, and their number. */
    static final String OFFSETS = "hotwords.offsets";
    /** The last token of each word. */
    static final String LAST = "hotwords.last";
    /** All words as one utterance. */
    static final String ALL = "hotwords.all";

    private HotwordTables() {}

    /**
     * What is to be loaded with the weights.
     *
     * @param hotwords may be null
     * @param table the decoder's embedding of width {@code d}; null where only sizes matter
     */
    static List<Constant> constants(Hotwords hotwords, int d, EmbeddingTable table) {
        if (hotwords == null) {
            return List.of();
        }
        int stride = PlanBuilder.padded(d);
        float[] embeddings = new float[Math.multiplyExact(hotwords.tokens(), stride)];
        int[] offsets = new int[hotwords.count() + 1];
        int[] last = new int[hotwords.count()];
        for (int w = 0; w < last.length; w++) {
            int[] word = hotwords.words().get(w);
            offsets[w + 1] = offsets[w] + word.length;
            last[w] = offsets[w + 1] - 1;
            for (int i = 0; i < word.length && table != null; i++) {
                System.arraycopy(table.gather(new int[] {word[i]}), 0, embeddings, (offsets[w] + i) * stride, d);
            }
        }
        return List.of(Constant.of(EMBEDDINGS, embeddings), Constant.of(OFFSETS, offsets), Constant.of(LAST, last),
                Constant.of(ALL, new int[] {0, hotwords.count()}));
    }
}

package dev.parasol.kernels;

import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * How much attention each key gets from all queries of an utterance: sums of {@code softmax(Q Kᵀ / √headSize)} by utterance and head,
 * where all utterances have the same keys. An utterance's result does not depend, to the bit, on its neighbours. Not thread-safe. Wrong shapes
 * are an {@link IllegalArgumentException}.
 */
public final class AttentionMass implements AutoCloseable {
    static final StructLayout PARAMS = StructLayout.struct("AttentionMassParams", "attention_mass.h")
            .pointer("q")
            .pointer("k")
            .pointer("mass")
            .pointer("q_offsets")
            .int32("heads")
            .int32("head_size")
            .int32("keys")
            .int32("ld_q")
            .int32("ld_k")
            .float32("scale")
            .build();
    private static final int Q = PARAMS.offset("q");
    private static final int K = PARAMS.offset("k");
    private static final int MASS = PARAMS.offset("mass");
    private static final int Q_OFFSETS = PARAMS.offset("q_offsets");
    private static final int HEADS = PARAMS.offset("heads");
    private static final int HEAD_SIZE = PARAMS.offset("head_size");
    private static final int KEYS = PARAMS.offset("keys");
    private static final int LD_Q = PARAMS.offset("ld_q");
    private static final int LD_K = PARAMS.offset("ld_k");
    private static final int SCALE = PARAMS.offset("scale");

    private final BoundKernel kernel;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public AttentionMass(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "attention_mass", "attention_mass_f32", "attention_mass_f16");
    }

    /** The most keys: their sums are kept in shared memory. */
    public static final int MAX_KEYS = 4096;

    /**
     * Attends.
     *
     * @param q       F32 or F16 {@code [queries.rows(), heads * headSize]}, any stride
     * @param queries where each utterance's query rows begin
     * @param k       {@code [keys, heads * headSize]} of q's type, any stride; at most {@value #MAX_KEYS} keys
     * @param mass    device address of {@code [queries.batch(), heads, keys]} floats
     */
    public void launch(Stream stream, int heads, Matrix q, Ragged queries, Matrix k, long mass) {
        Checks.atLeast("attention_mass", "the head count", heads, 1);
        Checks.floating("attention_mass", "Q", q.type());
        Checks.matrix("attention_mass", "Q", q, q.type(), queries.rows());
        Checks.equal("attention_mass", "the column count's remainder by the head count", q.cols() % heads, 0);
        Checks.matrix("attention_mass", "K", k, q.type(), k.rows());
        Checks.equal("attention_mass", "the column count of K", k.cols(), q.cols());
        Checks.atLeast("attention_mass", "the key count", k.rows(), 1);
        Checks.atMost("attention_mass", "the key count", k.rows(), MAX_KEYS);
        Checks.address("attention_mass", "the output", mass);
        int headSize = q.cols() / heads;
        KernelArguments p = kernel.arguments();
        p.setPointer(Q, q.address());
        p.setPointer(K, k.address());
        p.setPointer(MASS, mass);
        p.setPointer(Q_OFFSETS, queries.offsets());
        p.setInt(HEADS, heads);
        p.setInt(HEAD_SIZE, headSize);
        p.setInt(KEYS, k.rows());
        p.setInt(LD_Q, q.stride());
        p.setInt(LD_K, k.stride());
        p.setFloat(SCALE, (float) (1 / Math.sqrt(headSize)));
        kernel.launch(stream, BoundKernel.variant(q.type()), queries.batch(), heads, 256, (headSize + 2 * k.rows()) * Float.BYTES);
    }

    @Override
    public void close() {
        kernel.close();
    }
}

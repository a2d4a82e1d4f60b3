package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.Kernel;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;
import java.util.List;

/**
 * Multi-head attention over a ragged batch, {@code softmax(Q Kᵀ / √headSize) V} for each utterance and head, in one launch and
 * without a score ever being in memory. An utterance's result does not depend, to the bit, on its neighbours. Self-attention has the
 * same offsets for queries and keys, cross-attention the tokens' and the frames'. How many queries a block takes
 * follows from the batch and the device and is a matter of speed alone. Not thread-safe. Errors of the launch are
 * {@link dev.parasol.cuda.CudaException}, wrong shapes {@link IllegalArgumentException}.
 */
public final class Attention implements AutoCloseable {
    /** The head sizes that there are kernels for. */
    public static final List<Integer> HEAD_SIZES = List.of(32, 64, 80, 128);

    static final StructLayout PARAMS = StructLayout.struct("AttentionParams", "attention.h")
            .pointer("q")
            .pointer("k")
            .pointer("v")
            .pointer("output")
            .pointer("q_offsets")
            .pointer("k_offsets")
            .int32("batch")
            .int32("heads")
            .int32("ld_q")
            .int32("ld_k")
            .int32("ld_v")
            .int32("ld_output")
            .float32("scale")
            .build();
    private static final int Q = PARAMS.offset("q");
    private static final int K = PARAMS.offset("k");
    private static final int V = PARAMS.offset("v");
    private static final int OUTPUT = PARAMS.offset("output");
    private static final int Q_OFFSETS = PARAMS.offset("q_offsets");
    private static final int K_OFFSETS = PARAMS.offset("k_offsets");
    private static final int BATCH = PARAMS.offset("batch");
    private static final int HEADS = PARAMS.offset("heads");
    private static final int LD_Q = PARAMS.offset("ld_q");
    private static final int LD_K = PARAMS.offset("ld_k");
    private static final int LD_V = PARAMS.offset("ld_v");
    private static final int LD_OUTPUT = PARAMS.offset("ld_output");
    private static final int SCALE = PARAMS.offset("scale");

    /**
     * A kernel's block.
     *
     * @param queries query rows, which never cross an utterance's end
     * @param clocks  what a tile of 64 keys costs a multiprocessor for each column of the head, in its clocks: the tensor cores do 1024 multiply-adds a clock,
     *                and shared memory moves 128 bytes, of which every warp reads all of K and V
     */
    private record Block(int queries, int threads, double clocks) {
        /** Blocks for a batch; utterances without a whole number of tiles have half a tile more on average. */
        double blocks(Ragged rows, int heads) {
            return (rows.rows() / (double) queries + rows.batch() / 2.0) * heads;
        }
    }

    private static final List<Block> F16_BLOCKS = List.of(new Block(32, 64, 6), new Block(64, 128, 10), new Block(128, 128, 16));
    private static final List<Block> F32_BLOCKS = List.of(new Block(64, 128, 256));

    /** A kernel with the dynamic shared memory that it takes. */
    private record Sized(Kernel kernel, int sharedBytes) {}

    private final KernelLibrary library;
    private final Sized[] f16 = new Sized[HEAD_SIZES.size() * F16_BLOCKS.size()];
    private final Sized[] f32 = new Sized[HEAD_SIZES.size()];
    private KernelArguments arguments;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public Attention(KernelLibrary library) {
        this.library = library;
    }

    /**
     * Attends. All matrices have the same type, F16 or F32, and rows that begin at multiples of 16 bytes; head h has the columns from
     * {@code h * headSize} on.
     *
     * @param heads   number of heads; {@code q.cols() / heads} is the head size, one of {@link #HEAD_SIZES}
     * @param q       {@code [queries.rows(), heads * headSize]}
     * @param queries where each utterance's query rows begin
     * @param k       {@code [keys.rows(), heads * headSize]}
     * @param v       of k's shape
     * @param keys    where each utterance's key rows begin; an utterance without keys gets zeros
     * @param output  {@code [queries.rows(), heads * headSize]}, and columns up to its stride, which become zero. Rows behind the true
     *                count are left alone
     */
    public void launch(Stream stream, int heads, Matrix q, Ragged queries, Matrix k, Matrix v, Ragged keys, Matrix output) {
        Checks.atLeast("attention", "the head count", heads, 1);
        Checks.floating("attention", "Q", q.type());
        int headSize = q.cols() / heads;
        if (headSize * heads != q.cols() || !HEAD_SIZES.contains(headSize)) {
            throw new IllegalArgumentException("attention: " + heads + " heads of " + q.cols() + " columns have no head size of " + HEAD_SIZES);
        }
        check("Q", q, q, queries.rows());
        check("K", k, q, keys.rows());
        check("V", v, q, keys.rows());
        Checks.matrix("attention", "the output", output, q.type(), queries.rows());
        Checks.atLeast("attention", "the column count of the output", output.cols(), q.cols());
        Checks.aligned("attention", "the output", output);
        Checks.equal("attention", "the number of utterances with keys", keys.batch(), queries.batch());
        if (queries.rows() == 0) {
            return;
        }
        List<Block> blocks = q.type() == DataType.F16 ? F16_BLOCKS : F32_BLOCKS;
        int chosen = choose(blocks, queries, heads, library.device().multiprocessors());
        Block block = blocks.get(chosen);
        Sized kernel = kernel(q.type(), headSize, chosen);
        if (arguments == null) {
            arguments = kernel.kernel().newArguments();
        }
        KernelArguments p = arguments;
        p.setPointer(Q, q.address());
        p.setPointer(K, k.address());
        p.setPointer(V, v.address());
        p.setPointer(OUTPUT, output.address());
        p.setPointer(Q_OFFSETS, queries.offsets());
        p.setPointer(K_OFFSETS, keys.offsets());
        p.setInt(BATCH, queries.batch());
        p.setInt(HEADS, heads);
        p.setInt(LD_Q, q.stride());
        p.setInt(LD_K, k.stride());
        p.setInt(LD_V, v.stride());
        p.setInt(LD_OUTPUT, output.stride());
        p.setFloat(SCALE, (float) (1 / Math.sqrt(headSize)));
        int slots = queries.rows() / block.queries() + queries.batch();
        kernel.kernel().launch(stream, slots, heads, 1, block.threads(), kernel.sharedBytes(), p);
    }

    /** Query rows of the block that fp16 queries are attended with; every size gives the same bits. */
    static int queriesOfBlock(Ragged queries, int heads, int multiprocessors) {
        return F16_BLOCKS.get(choose(F16_BLOCKS, queries, heads, multiprocessors)).queries();
    }

    /** The block with which the busiest multiprocessor is done first; the larger of two, which reads keys less often. */
    private static int choose(List<Block> blocks, Ragged queries, int heads, int multiprocessors) {
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < blocks.size(); i++) {
            double time = Math.ceil(blocks.get(i).blocks(queries, heads) / multiprocessors) * blocks.get(i).clocks();
            if (time <= least) {
                least = time;
                best = i;
            }
        }
        return best;
    }

    private static void check(String argument, Matrix matrix, Matrix q, int rows) {
        Checks.matrix("attention", argument, matrix, q.type(), rows);
        Checks.equal("attention", "the column count of " + argument, matrix.cols(), q.cols());
        Checks.aligned("attention", argument, matrix);
    }

    private Sized kernel(DataType type, int headSize, int block) {
        boolean half = type == DataType.F16;
        Sized[] kernels = half ? f16 : f32;
        int index = HEAD_SIZES.indexOf(headSize) + block * HEAD_SIZES.size();
        if (kernels[index] == null) {
            int queries = F16_BLOCKS.get(block).queries();
            Kernel kernel = half ? library.kernel("attention_f16", "attention_f16_" + headSize + "_" + queries, PARAMS)
                    : library.kernel("attention_f32", "attention_f32_" + headSize, PARAMS);
            int bytes = half ? sharedBytesF16(headSize, queries) : sharedBytesF32(headSize);
            kernel.setDynamicShared(bytes);
            kernel.preferShared();
            kernels[index] = new Sized(kernel, bytes);
        }
        return kernels[index];
    }

    /** The block's queries, 64 keys and 64 values, rows padded by 16 bytes. */
    private static int sharedBytesF16(int headSize, int queries) {
        return (queries + 2 * 64) * (headSize + 8) * Short.BYTES;
    }

    /** 64 queries, 32 keys and 32 values with rows padded by 16 bytes, and the queries' 32 probabilities each, padded likewise. */
    private static int sharedBytesF32(int headSize) {
        return ((64 + 32 + 32) * (headSize + 4) + 64 * (32 + 4)) * Float.BYTES;
    }

    @Override
    public void close() {
        if (arguments != null) {
            arguments.close();
        }
    }
}

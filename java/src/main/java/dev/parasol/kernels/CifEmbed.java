package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * The acoustic embedding of each token: the encoder's rows weighted between two fires, summed in frame order in fp32, each token
 * for itself. Not thread-safe. Wrong shapes are an {@link IllegalArgumentException}.
 */
public final class CifEmbed implements AutoCloseable {
    static final StructLayout PARAMS = StructLayout.struct("CifEmbedParams", "cif_embed.h")
            .pointer("hidden")
            .pointer("alphas")
            .pointer("fires")
            .pointer("remainders")
            .pointer("frame_offsets")
            .pointer("token_offsets")
            .pointer("embeds")
            .int32("batch")
            .int32("cols")
            .int32("ld_hidden")
            .build();
    private static final int HIDDEN = PARAMS.offset("hidden");
    private static final int ALPHAS = PARAMS.offset("alphas");
    private static final int FIRES = PARAMS.offset("fires");
    private static final int REMAINDERS = PARAMS.offset("remainders");
    private static final int FRAME_OFFSETS = PARAMS.offset("frame_offsets");
    private static final int TOKEN_OFFSETS = PARAMS.offset("token_offsets");
    private static final int EMBEDS = PARAMS.offset("embeds");
    private static final int BATCH = PARAMS.offset("batch");
    private static final int COLS = PARAMS.offset("cols");
    private static final int LD_HIDDEN = PARAMS.offset("ld_hidden");

    private final BoundKernel kernel;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public CifEmbed(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "cif_embed", "cif_embed");
    }

    /**
     * Sums the tokens of a batch.
     *
     * @param hidden       F32, the encoder's output, any stride
     * @param alphas       device address of the weights, see {@link CifFire}
     * @param fires        device address of the frames that fired, see {@link CifFire}
     * @param remainders   device address of what they left, see {@link CifFire}
     * @param frameOffsets device address of {@code batch + 1} 32-bit integers: where each utterance begins in {@code hidden}
     * @param tokens       where each utterance begins in {@code embeds}, on the device; the row count is an upper bound
     * @param embeds       F32 {@code [tokens.rows(), hidden.cols()]}, dense; rows behind the true count are left alone
     */
    public void launch(Stream stream, Matrix hidden, long alphas, long fires, long remainders, long frameOffsets, Ragged tokens, Matrix embeds) {
        Checks.matrix("cif_embed", "the hidden rows", hidden, DataType.F32, 0);
        Checks.dense("cif_embed", "the embeddings", embeds, DataType.F32, tokens.rows(), hidden.cols());
        Checks.address("cif_embed", "the weights", alphas);
        Checks.address("cif_embed", "the fires", fires);
        Checks.address("cif_embed", "the remainders", remainders);
        Checks.address("cif_embed", "the frame offsets", frameOffsets);
        if (tokens.rows() == 0) {
            return;
        }
        KernelArguments a = kernel.arguments();
        a.setPointer(HIDDEN, hidden.address());
        a.setPointer(ALPHAS, alphas);
        a.setPointer(FIRES, fires);
        a.setPointer(REMAINDERS, remainders);
        a.setPointer(FRAME_OFFSETS, frameOffsets);
        a.setPointer(TOKEN_OFFSETS, tokens.offsets());
        a.setPointer(EMBEDS, embeds.address());
        a.setInt(BATCH, tokens.batch());
        a.setInt(COLS, hidden.cols());
        a.setInt(LD_HIDDEN, hidden.stride());
        kernel.launch(stream, 0, tokens.rows(), 1, BoundKernel.threadsForColumns(hidden.cols()));
    }

    @Override
    public void close() {
        kernel.close();
    }
}

package dev.parasol.kernels;

import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * The weights of CIF's timestamp head: {@code relu(sigmoid(w . h + b) * smooth - noise)} of every row, h being the hidden states of
 * two directions, which come one after the other. Not thread-safe. Wrong shapes
 * are an {@link IllegalArgumentException}.
 */
public final class UpsampledAlpha implements AutoCloseable {
    static final StructLayout PARAMS = StructLayout.struct("UpsampledAlphaParams", "upsampled_alpha.h")
            .pointer("hidden")
            .pointer("weight")
            .pointer("bias")
            .pointer("alphas")
            .pointer("device_rows")
            .int32("repeat")
            .int32("rows")
            .int32("cols")
            .int32("ld_hidden")
            .float32("smooth_factor")
            .float32("noise_threshold")
            .build();
    private static final int HIDDEN = PARAMS.offset("hidden");
    private static final int WEIGHT = PARAMS.offset("weight");
    private static final int BIAS = PARAMS.offset("bias");
    private static final int ALPHAS = PARAMS.offset("alphas");
    private static final int DEVICE_ROWS = PARAMS.offset("device_rows");
    private static final int REPEAT = PARAMS.offset("repeat");
    private static final int ROWS = PARAMS.offset("rows");
    private static final int COLS = PARAMS.offset("cols");
    private static final int LD_HIDDEN = PARAMS.offset("ld_hidden");
    private static final int SMOOTH_FACTOR = PARAMS.offset("smooth_factor");
    private static final int NOISE_THRESHOLD = PARAMS.offset("noise_threshold");

    private final BoundKernel kernel;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public UpsampledAlpha(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "upsampled_alpha", "upsampled_alpha_f32", "upsampled_alpha_f16");
    }

    /**
     * The products {@code w . h} of one direction, to which {@link #weights} adds those of the other.
     *
     * @param hidden     F32 or F16 {@code [rows, cols]}, any stride
     * @param weight     device address of {@code cols} floats
     * @param deviceRows device address of the true number of frames, of which each has {@code repeat} rows; what lies behind is left alone
     * @param products   device address of {@code rows} floats
     */
    public void products(Stream stream, Matrix hidden, long weight, long deviceRows, int repeat, long products) {
        launch(stream, hidden, weight, 0, deviceRows, repeat, 0, 0, products);
    }

    /**
     * The weights, from the products of one direction and the rows of the other.
     *
     * @param bias   device address of one float
     * @param alphas device address of {@code rows} floats with the other direction's products, in whose place the weights come
     */
    public void weights(Stream stream, Matrix hidden, long weight, long bias, long deviceRows, int repeat, float smooth, float noise, long alphas) {
        Checks.address("upsampled_alpha", "the bias", bias);
        launch(stream, hidden, weight, bias, deviceRows, repeat, smooth, noise, alphas);
    }

    private void launch(Stream stream, Matrix hidden, long weight, long bias, long deviceRows, int repeat, float smooth, float noise, long alphas) {
        Checks.floating("upsampled_alpha", "the hidden rows", hidden.type());
        Checks.matrix("upsampled_alpha", "the hidden rows", hidden, hidden.type(), hidden.rows());
        Checks.atLeast("upsampled_alpha", "the column count", hidden.cols(), 1);
        Checks.atLeast("upsampled_alpha", "the repetition", repeat, 1);
        Checks.address("upsampled_alpha", "the weight", weight);
        Checks.address("upsampled_alpha", "the row count", deviceRows);
        Checks.address("upsampled_alpha", "the output", alphas);
        KernelArguments a = kernel.arguments();
        a.setPointer(HIDDEN, hidden.address());
        a.setPointer(WEIGHT, weight);
        a.setPointer(BIAS, bias);
        a.setPointer(ALPHAS, alphas);
        a.setPointer(DEVICE_ROWS, deviceRows);
        a.setInt(REPEAT, repeat);
        a.setInt(ROWS, hidden.rows());
        a.setInt(COLS, hidden.cols());
        a.setInt(LD_HIDDEN, hidden.stride());
        a.setFloat(SMOOTH_FACTOR, smooth);
        a.setFloat(NOISE_THRESHOLD, noise);
        kernel.launchWarpPerRow(stream, BoundKernel.variant(hidden.type()), hidden.rows());
    }

    @Override
    public void close() {
        kernel.close();
    }
}

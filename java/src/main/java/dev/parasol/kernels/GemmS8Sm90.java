package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.DeviceProperties;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.kernels.Quantized.Scaling;
import java.util.List;

/**
 * {@link GemmS8} for devices with {@link DeviceProperties#warpgroupProducts()}, the weights a {@link TiledMatrix}; its results are {@link GemmS8}'s to the bit.
 * Not thread-safe. Wrong shapes are an {@link IllegalArgumentException}.
 */
public final class GemmS8Sm90 implements AutoCloseable {
    private static final String FILE = "gemm_s8_sm90";

    static final List<WarpgroupTile> TILES = GemmSm90.TILES;
    /** Scaling the sums of a slice takes about 200 cycles, during which the other warpgroups multiply. */
    static final List<WarpgroupTile> BLOCKS_TILES = List.of(new WarpgroupTile("64", 64, 128, 6, 600, 1500), new WarpgroupTile("128", 128, 128, 5, 700, 1500),
            new WarpgroupTile("192", 192, 128, 4, 900, 1500));

    private final WarpgroupTiles toF16;
    private final WarpgroupTiles toF32;
    private final WarpgroupTiles toS8;
    private final WarpgroupTiles blocksToF32;

    /**
     * A launcher of the kernels in {@code library}, each of which is loaded when it is first needed.
     *
     * @throws IllegalStateException on a device that cannot run them
     */
    public GemmS8Sm90(KernelLibrary library) {
        toF16 = tiles(library, "gemm_s8_f16_sm90", TILES);
        toF32 = tiles(library, "gemm_s8_f32_sm90", TILES);
        toS8 = tiles(library, "gemm_s8_s8_sm90", TILES);
        blocksToF32 = tiles(library, "gemm_s8_blocks_f32_sm90", BLOCKS_TILES);
    }

    private static WarpgroupTiles tiles(KernelLibrary library, String name, List<WarpgroupTile> tiles) {
        return new WarpgroupTiles(library, FILE, name, GemmS8.PARAMS, DataType.I8.bytes(), tiles);
    }

    /** As {@link GemmS8#launch(Stream, Quantized, Matrix, long, long, Matrix, boolean, Matrix, long)}, with {@code w} an I8 {@code [n, k]}. */
    public void launch(Stream stream, Quantized a, TiledMatrix w, long weightScales, long bias, Matrix residual, boolean relu, Matrix c, long deviceRows) {
        Matrix weights = w.asMatrix();
        GemmS8.check(a, weights, weightScales, residual, c);
        launch(stream, tiles(a.scaling(), c.type()), a, weights, weightScales, bias, residual, relu, c, null, deviceRows);
    }

    /** As {@link GemmS8#launch(Stream, Quantized, Matrix, long, long, boolean, Quantized, long)}, with {@code w} an I8 {@code [n, k]}. */
    public void launch(Stream stream, Quantized a, TiledMatrix w, long weightScales, long bias, boolean relu, Quantized c, long deviceRows) {
        Matrix weights = w.asMatrix();
        GemmS8.check(a, weights, weightScales, c);
        launch(stream, toS8, a, weights, weightScales, bias, null, relu, c.values(), c, deviceRows);
    }

    private static void launch(Stream stream, WarpgroupTiles tiles, Quantized a, Matrix w, long weightScales, long bias, Matrix residual, boolean relu, Matrix c,
            Quantized quantized, long deviceRows) {
        if (a.values().rows() != 0) {
            GemmS8.write(tiles.arguments(), a, w, weightScales, bias, residual, relu, c, quantized, deviceRows);
            tiles.launch(stream, a.values().rows(), w.rows(), w.stride());
        }
    }

    private WarpgroupTiles tiles(Scaling scaling, DataType out) {
        return switch (out) {
            case I8 -> toS8;
            case F16 -> toF16;
            default -> scaling == Scaling.BLOCKS ? blocksToF32 : toF32;
        };
    }

    /** Every way to launch a product of A with such scales to C of such a type, for those who measure which is best. */
    public List<TileChoice> choices(Scaling scaling, DataType out) {
        return tiles(scaling, out).choices();
    }

    /** Makes every following such product take that choice; null leaves it to the tuned table and the built-in estimate again. */
    public void force(Scaling scaling, DataType out, TileChoice choice) {
        tiles(scaling, out).force(choice);
    }

    /** The name by which {@link TileTable} knows such products. */
    public String kernelName(Scaling scaling, DataType out) {
        return tiles(scaling, out).name();
    }

    @Override
    public void close() {
        try (toF16; toF32; toS8; blocksToF32) {
            // closed from right to left, whatever fails on the way
        }
    }
}

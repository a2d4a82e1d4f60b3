package dev.parasol.bench.check;

import dev.parasol.bench.Scratch;
import dev.parasol.cuda.Kernel;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.StructLayout;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * Runs every wrapper of {@code cuda/ptx} on random input, by kernels that do nothing else. The same seed gives the same input
 * on every device.
 */
final class WrapperProbes {
    static final String MMA_F16 = "mma m16n8k16 f16";
    static final String MMA_S8 = "mma m16n8k32 s8";
    static final String TILE_F16 = "mma m16n8k16 f16, tiles of 2 x 2";
    static final String TILE_S8 = "mma m16n8k32 s8, tiles of 2 x 2";
    static final String FMA = "four multiply-adds, fp32";
    static final String LDMATRIX = "ldmatrix x4, x2, plain and transposed";
    static final String CP_ASYNC = "cp.async";
    static final String WGMMA = "wgmma m64n128k16 f16, every swizzle";
    static final String WGMMA_S8 = "wgmma m64n128k32 s8, every swizzle";
    static final String BULK_COPY = "cp.async.bulk with mbarrier";

    private static final int BLOCK = 128;
    private static final int WARPS = 256;
    private static final int LANES = 32 * WARPS;
    private static final int ROUNDS = 5;
    private static final int CHUNK_WORDS = 4;
    private static final int CHUNKS = 4096;
    private static final int ROWS = 512;
    private static final int WGMMA_BLOCKS = 64;
    private static final int WGMMA_SHARED = 24 << 10;
    private static final int WGMMA_SWIZZLES = 4;
    private static final int WGMMA_WORDS = 64;
    /** Of a row of an operand, in words. */
    private static final int WGMMA_DEPTH = 32;
    private static final int BULK_BLOCKS = 64;
    private static final int BULK_ROUNDS = 9;
    private static final int BULK_CHUNKS = 256;
    private static final int BULK_SHARED = (8 << 10) + 32;
    private static final int LDMATRIX_WORDS = 28;
    private static final int LDMATRIX_SHARED = 8 << 10;

    private static final StructLayout MMA = StructLayout.struct("ProbeMmaParams", "probe_mma.h")
            .pointer("a").pointer("b").pointer("c").pointer("d").int32("warps").build();
    private static final StructLayout TILES = StructLayout.struct("ProbeMmaTileParams", "probe_mma_tile.h")
            .pointer("a").pointer("b").pointer("c").pointer("d").int32("warps").build();
    private static final StructLayout FUSED = StructLayout.struct("ProbeFmaParams", "probe_fma.h")
            .pointer("left").pointer("right").pointer("sum").int32("count").build();
    private static final StructLayout MATRICES = StructLayout.struct("ProbeLdmatrixParams", "probe_ldmatrix.h")
            .pointer("image").pointer("rows").pointer("output").int32("warps").build();
    private static final StructLayout COPIES = StructLayout.struct("ProbeCpAsyncParams", "probe_cp_async.h")
            .pointer("source").pointer("chunks").pointer("valid").pointer("output").int32("rounds").build();

    private static final StructLayout WARPGROUPS = StructLayout.struct("ProbeWgmmaParams", "probe_wgmma.h")
            .pointer("a").pointer("b").pointer("d").build();
    private static final StructLayout BULK = StructLayout.struct("ProbeBulkCopyParams", "probe_bulk_copy.h")
            .pointer("source").pointer("first").pointer("count").pointer("output").int32("rounds").build();

    private final Scratch scratch;
    private final Random random;

    WrapperProbes(Scratch scratch, long seed) {
        this.scratch = scratch;
        this.random = new Random(seed);
    }

    /** The layout of a probe's params struct. */
    static StructLayout layout(String file) {
        return switch (file) {
            case "probe_mma" -> MMA;
            case "probe_mma_tile" -> TILES;
            case "probe_fma" -> FUSED;
            case "probe_ldmatrix" -> MATRICES;
            case "probe_cp_async" -> COPIES;
            case "probe_wgmma_sm90" -> WARPGROUPS;
            case "probe_bulk_copy_sm90" -> BULK;
            default -> throw new IllegalArgumentException("there is no probe called " + file);
        };
    }

    /** The 32-bit words that each wrapper gave; those of sm_90a come last, and only from a device that has them. */
    Map<String, int[]> outputs() {
        Map<String, int[]> outputs = new LinkedHashMap<>();
        outputs.put(MMA_F16, mma("probe_mma", "probe_mma_f16", MMA, 1, this::halves, this::normal));
        outputs.put(MMA_S8, mma("probe_mma", "probe_mma_s8", MMA, 1, random::nextInt, this::integer));
        outputs.put(TILE_F16, mma("probe_mma_tile", "probe_mma_tile_f16", TILES, 2, this::halves, this::normal));
        outputs.put(TILE_S8, mma("probe_mma_tile", "probe_mma_tile_s8", TILES, 2, random::nextInt, this::integer));
        outputs.put(FMA, fused());
        outputs.put(LDMATRIX, matrices());
        outputs.put(CP_ASYNC, copies());
        if (scratch.context().properties().warpgroupProducts()) {
            outputs.put(WGMMA, warpgroups("probe_wgmma_f16", this::halves));
            outputs.put(WGMMA_S8, warpgroups("probe_wgmma_s8", random::nextInt));
            outputs.put(BULK_COPY, bulkCopies());
        }
        return outputs;
    }

    private interface Words {
        int next();
    }

    private int[] words(int count, Words source) {
        int[] words = new int[count];
        for (int i = 0; i < count; i++) {
            words[i] = source.next();
        }
        return words;
    }

    /** Two halves between -4 and 4 with random fractions. */
    private int halves() {
        return half() | half() << 16;
    }

    private int half() {
        int exponent = 15 - random.nextInt(6) + 1;
        return random.nextInt(2) << 15 | exponent << 10 | random.nextInt(1 << 10);
    }

    private int normal() {
        return Float.floatToRawIntBits((float) random.nextGaussian());
    }

    private int integer() {
        return random.nextInt(1 << 20) - (1 << 19);
    }

    /** @param tile fragments of either factor that a warp multiplies with each of the other's */
    private int[] mma(String file, String kernel, StructLayout layout, int tile, Words factors, Words start) {
        long a = scratch.upload(words(4 * tile * LANES, factors));
        long b = scratch.upload(words(2 * tile * LANES, factors));
        long c = scratch.upload(words(4 * tile * tile * LANES, start));
        long d = scratch.allocate(16L * tile * tile * LANES);
        launch(file, kernel, LANES / BLOCK, 0, p -> {
            p.setPointer(layout.offset("a"), a);
            p.setPointer(layout.offset("b"), b);
            p.setPointer(layout.offset("c"), c);
            p.setPointer(layout.offset("d"), d);
            p.setInt(layout.offset("warps"), WARPS);
        });
        return scratch.download(d, 4 * tile * tile * LANES);
    }

    private int[] fused() {
        long left = scratch.upload(words(LANES, this::normal));
        long right = scratch.upload(words(4 * LANES, this::normal));
        long sum = scratch.upload(words(4 * LANES, this::normal));
        launch("probe_fma", "probe_fma", LANES / BLOCK, 0, p -> {
            p.setPointer(FUSED.offset("left"), left);
            p.setPointer(FUSED.offset("right"), right);
            p.setPointer(FUSED.offset("sum"), sum);
            p.setInt(FUSED.offset("count"), LANES);
        });
        return scratch.download(sum, 4 * LANES);
    }

    private int[] matrices() {
        long image = scratch.upload(words(ROWS * CHUNK_WORDS, random::nextInt));
        long rows = scratch.upload(words(2 * LANES, () -> random.nextInt(ROWS)));
        long output = scratch.allocate(4L * LDMATRIX_WORDS * LANES);
        launch("probe_ldmatrix", "probe_ldmatrix", LANES / BLOCK, LDMATRIX_SHARED, p -> {
            p.setPointer(MATRICES.offset("image"), image);
            p.setPointer(MATRICES.offset("rows"), rows);
            p.setPointer(MATRICES.offset("output"), output);
            p.setInt(MATRICES.offset("warps"), WARPS);
        });
        return scratch.download(output, LDMATRIX_WORDS * LANES);
    }

    private int[] copies() {
        long source = scratch.upload(words(CHUNKS * CHUNK_WORDS, random::nextInt));
        long chunks = scratch.upload(words(LANES * ROUNDS, () -> random.nextInt(CHUNKS)));
        long valid = scratch.upload(words(LANES * ROUNDS, () -> random.nextInt(4) == 0 ? 0 : 1));
        long output = scratch.allocate(4L * CHUNK_WORDS * LANES * ROUNDS);
        launch("probe_cp_async", "probe_cp_async", LANES / BLOCK, ROUNDS * BLOCK * CHUNK_WORDS * 4, p -> {
            p.setPointer(COPIES.offset("source"), source);
            p.setPointer(COPIES.offset("chunks"), chunks);
            p.setPointer(COPIES.offset("valid"), valid);
            p.setPointer(COPIES.offset("output"), output);
            p.setInt(COPIES.offset("rounds"), ROUNDS);
        });
        return scratch.download(output, CHUNK_WORDS * LANES * ROUNDS);
    }

    private int[] warpgroups(String kernel, Words factors) {
        long a = scratch.upload(words(WGMMA_BLOCKS * 64 * WGMMA_DEPTH, factors));
        long b = scratch.upload(words(WGMMA_BLOCKS * 128 * WGMMA_DEPTH, factors));
        int count = WGMMA_BLOCKS * WGMMA_SWIZZLES * BLOCK * WGMMA_WORDS;
        long d = scratch.allocate(4L * count);
        launch("probe_wgmma_sm90", kernel, WGMMA_BLOCKS, WGMMA_SHARED, p -> {
            p.setPointer(WARPGROUPS.offset("a"), a);
            p.setPointer(WARPGROUPS.offset("b"), b);
            p.setPointer(WARPGROUPS.offset("d"), d);
        });
        return scratch.download(d, count);
    }

    private int[] bulkCopies() {
        long source = scratch.upload(words(CHUNKS * CHUNK_WORDS, random::nextInt));
        long first = scratch.upload(words(BULK_BLOCKS * BULK_ROUNDS, () -> random.nextInt(CHUNKS - BULK_CHUNKS)));
        long chunks = scratch.upload(words(BULK_BLOCKS * BULK_ROUNDS, () -> 1 + random.nextInt(BULK_CHUNKS)));
        int count = BULK_BLOCKS * BULK_ROUNDS * BULK_CHUNKS * CHUNK_WORDS;
        long output = scratch.upload(new int[count]);
        launch("probe_bulk_copy_sm90", "probe_bulk_copy", BULK_BLOCKS, BULK_SHARED, p -> {
            p.setPointer(BULK.offset("source"), source);
            p.setPointer(BULK.offset("first"), first);
            p.setPointer(BULK.offset("count"), chunks);
            p.setPointer(BULK.offset("output"), output);
            p.setInt(BULK.offset("rounds"), BULK_ROUNDS);
        });
        return scratch.download(output, count);
    }

    private interface Writer {
        void write(KernelArguments arguments);
    }

    private void launch(String file, String name, int blocks, int sharedBytes, Writer writer) {
        Kernel kernel = scratch.context().kernels().kernel(file, name, layout(file));
        try (KernelArguments arguments = kernel.newArguments()) {
            writer.write(arguments);
            kernel.launch(scratch.stream(), blocks, 1, 1, BLOCK, sharedBytes, arguments);
            scratch.stream().synchronize();
        }
    }
}

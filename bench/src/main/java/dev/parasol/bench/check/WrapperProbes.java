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
    static final String LDMATRIX = "ldmatrix x4, x2, plain and transposed";
    static final String CP_ASYNC = "cp.async";

    private static final int BLOCK = 128;
    private static final int WARPS = 256;
    private static final int LANES = 32 * WARPS;
    private static final int ROUNDS = 5;
    private static final int CHUNK_WORDS = 4;
    private static final int CHUNKS = 4096;
    private static final int ROWS = 512;
    private static final int LDMATRIX_WORDS = 28;
    private static final int LDMATRIX_SHARED = 8 << 10;

    private static final StructLayout MMA = StructLayout.struct("ProbeMmaParams", "probe_mma.h")
            .pointer("a").pointer("b").pointer("c").pointer("d").int32("warps").build();
    private static final StructLayout MATRICES = StructLayout.struct("ProbeLdmatrixParams", "probe_ldmatrix.h")
            .pointer("image").pointer("rows").pointer("output").int32("warps").build();
    private static final StructLayout COPIES = StructLayout.struct("ProbeCpAsyncParams", "probe_cp_async.h")
            .pointer("source").pointer("chunks").pointer("valid").pointer("output").int32("rounds").build();

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
            case "probe_ldmatrix" -> MATRICES;
            case "probe_cp_async" -> COPIES;
            default -> throw new IllegalArgumentException("there is no probe called " + file);
        };
    }

    /** The 32-bit words that each wrapper gave. */
    Map<String, int[]> outputs() {
        Map<String, int[]> outputs = new LinkedHashMap<>();
        outputs.put(MMA_F16, mma("probe_mma_f16", this::halves, () -> Float.floatToRawIntBits((float) random.nextGaussian())));
        outputs.put(MMA_S8, mma("probe_mma_s8", random::nextInt, () -> random.nextInt(1 << 20) - (1 << 19)));
        outputs.put(LDMATRIX, matrices());
        outputs.put(CP_ASYNC, copies());
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

    private int[] mma(String kernel, Words factors, Words start) {
        long a = scratch.upload(words(4 * LANES, factors));
        long b = scratch.upload(words(2 * LANES, factors));
        long c = scratch.upload(words(4 * LANES, start));
        long d = scratch.allocate(16L * LANES);
        launch("probe_mma", kernel, LANES / BLOCK, 0, p -> {
            p.setPointer(MMA.offset("a"), a);
            p.setPointer(MMA.offset("b"), b);
            p.setPointer(MMA.offset("c"), c);
            p.setPointer(MMA.offset("d"), d);
            p.setInt(MMA.offset("warps"), WARPS);
        });
        return scratch.download(d, 4 * LANES);
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

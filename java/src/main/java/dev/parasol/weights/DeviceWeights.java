package dev.parasol.weights;

import dev.parasol.cuda.CudaContext;
import dev.parasol.kernels.KernelSet;
import dev.parasol.kernels.Matrix;
import dev.parasol.kernels.TiledMatrix;
import dev.parasol.memory.MemoryReport;
import dev.parasol.memory.Region;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The weights of a model on the device, packed into one region. Immutable after loading, so any number of threads and
 * streams may read it.
 */
public final class DeviceWeights implements AutoCloseable {
    private static final String OUTPUT_LAYER = "decoder.output_layer";

    private final Region region;
    private final WeightLayout layout;
    private final Map<String, WeightSpec> specs = new LinkedHashMap<>();
    private final boolean tiled;
    private final List<String> notices;

    private DeviceWeights(Region region, WeightLayout layout, List<WeightSpec> specs, boolean tiled, List<String> notices) {
        this.region = region;
        this.layout = layout;
        this.tiled = tiled;
        this.notices = notices;
        specs.forEach(spec -> this.specs.put(spec.name(), spec));
    }

    /** Bytes of the region that these weights and tables take. */
    public static long bytes(List<WeightSpec> specs, List<Constant> constants) {
        return new WeightLayout(specs, constants).bytes();
    }

    /**
     * Bytes of the staging region while weights are loaded.
     *
     * @param synthetic whether they are generated on the device, which is done a whole tensor at a time
     */
    public static long stagingBytes(List<WeightSpec> specs, List<Constant> constants, boolean synthetic) {
        return WeightLoader.stagingBytes(specs, constants, synthetic);
    }

    /** Bytes of pinned host memory while weights are loaded; {@code synthetic} as for {@link #stagingBytes}. */
    public static long pinnedBytes(List<WeightSpec> specs, List<Constant> constants, boolean synthetic) {
        return WeightLoader.pinnedBytes(stagingBytes(specs, constants, synthetic), synthetic);
    }

    /**
     * Loads {@code specs} in their order, and {@code constants} behind them. Names, shapes and types are checked and the
     * whole size is claimed before anything is loaded. Tensors pass through one pinned host buffer and the staging
     * region, large ones in pieces, so host memory stays bounded by one tensor; packing is done by the device.
     *
     * @param region holds the weights and nothing else; it is empty again when loading fails
     * @param staging is given back ({@code trim(0)}) in any case
     * @param dropped which tensors of the checkpoint are not among {@code specs} because the user does without them
     * @throws ModelException when tensors are missing, too many, wrongly shaped or hold numbers that are not finite
     * @throws dev.parasol.memory.DeviceMemoryExhausted when the weights do not fit
     */
    public static DeviceWeights load(CudaContext context, Region region, Region staging, KernelSet kernels, Checkpoint checkpoint,
            List<WeightSpec> specs, List<Constant> constants, Predicate<String> dropped, Progress progress) {
        List<String> notices = WeightCheck.check(checkpoint, specs, dropped);
        WeightLayout layout = new WeightLayout(specs, constants);
        boolean tiled = context.properties().warpgroupProducts();
        try {
            region.ensure(layout.bytes());
            staging.ensure(stagingBytes(specs, constants, checkpoint instanceof SyntheticCheckpoint));
            WeightLoader.load(context, kernels, checkpoint, staging, region.address(), layout, specs, constants, tiled, progress);
            staging.trim(0);
            region.describe(holders(specs, constants));
        } catch (RuntimeException e) {
            giveBack(staging, e);
            giveBack(region, e);
            throw e;
        }
        return new DeviceWeights(region, layout, specs, tiled, notices);
    }

    /** The parts of the model (encoder, predictor, decoder, its output layer) and the tables, with their sizes. */
    private static List<MemoryReport.Holder> holders(List<WeightSpec> specs, List<Constant> constants) {
        Map<String, Long> parts = new LinkedHashMap<>();
        for (WeightSpec spec : specs) {
            String part = spec.name().startsWith(OUTPUT_LAYER) ? OUTPUT_LAYER : spec.name().split("\\.", 2)[0];
            parts.merge(part, spec.bytes(), Long::sum);
        }
        constants.forEach(constant -> parts.merge("tables", constant.bytes(), Long::sum));
        return parts.entrySet().stream().map(part -> new MemoryReport.Holder(part.getKey(), part.getValue())).toList();
    }

    private static void giveBack(Region region, RuntimeException failure) {
        try {
            region.trim(0);
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /** Whether a matrix is tiled, on devices with products of warpgroups: in fp16, unless it must be {@link Packing#ROWS}, and in {@link Packing#INT8}. */
    public boolean tiled(String name) {
        return tiled && spec(name).tileable();
    }

    /** A matrix that is tiled. */
    public TiledMatrix tiledMatrix(String name) {
        WeightSpec spec = spec(name);
        if (!tiled(name)) {
            throw new IllegalArgumentException(name + " is not tiled");
        }
        return new TiledMatrix(region.address() + layout.offset(name), spec.type(), spec.rows(), spec.cols());
    }

    /** A matrix {@code [n, k]} that is not tiled, its rows padded with zeros to a multiple of 64 columns, in int8 of 128. */
    public Matrix matrix(String name) {
        WeightSpec spec = spec(name);
        if (!spec.packing().isMatrix() && !spec.packing().isInt8()) {
            throw new IllegalArgumentException(name + " is packed as " + spec.packing());
        }
        if (tiled(name)) {
            throw new IllegalArgumentException(name + " is tiled");
        }
        return new Matrix(region.address() + layout.offset(name), spec.type(), spec.rows(), spec.cols(), spec.stride());
    }

    /** Address of a vector or of a depthwise filter {@code [taps, channels]}, fp32. */
    public long vector(String name) {
        WeightSpec spec = spec(name);
        if (spec.packing() != Packing.VECTOR && spec.packing() != Packing.DEPTHWISE) {
            throw new IllegalArgumentException(name + " is packed as " + spec.packing());
        }
        return region.address() + layout.offset(name);
    }

    /** Address of a table. */
    public long constant(String name) {
        if (specs.containsKey(name) || !layout.contains(name)) {
            throw new IllegalArgumentException("no table was given by the name of " + name);
        }
        return region.address() + layout.offset(name);
    }

    /** Whether a tensor of that name was loaded. */
    public boolean contains(String name) {
        return specs.containsKey(name);
    }

    /** Bytes taken on the device, alignment included. */
    public long bytes() {
        return layout.bytes();
    }

    /** Sentences for the user: what of the checkpoint was left aside. */
    public List<String> notices() {
        return notices;
    }

    private WeightSpec spec(String name) {
        WeightSpec spec = specs.get(name);
        if (spec == null) {
            throw new IllegalArgumentException("no weight was loaded by the name of " + name);
        }
        return spec;
    }

    /** Gives the region's memory back; nothing may be using the weights. The region itself stays its owner's. */
    @Override
    public void close() {
        region.trim(0);
        region.describe(List.of());
    }
}

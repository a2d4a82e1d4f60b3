package dev.parasol.weights;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DataType;
import dev.parasol.cuda.Event;
import dev.parasol.cuda.HostBuffer;
import dev.parasol.cuda.Stream;
import dev.parasol.kernels.KernelSet;
import dev.parasol.kernels.Matrix;
import dev.parasol.kernels.TiledMatrix;
import dev.parasol.memory.Region;
import java.nio.ByteBuffer;
import java.util.List;

/** Carries tensors to the device, a piece at a time: file → pinned host buffer → staging → packed weight. Used once. */
final class WeightLoader {
    /** Pieces are this large where a tensor can be cut. */
    private static final long PIECE_BYTES = 16L << 20;
    /** No element of a checkpoint is wider when it is delivered. */
    private static final int ELEMENT_BYTES = 4;

    private final Stream stream;
    private final Event copied;
    private final HostBuffer host;
    private final KernelSet kernels;
    private final Checkpoint checkpoint;
    private final Region staging;
    private final long base;
    private final WeightLayout layout;
    private final boolean tiled;

    private WeightLoader(Stream stream, Event copied, HostBuffer host, KernelSet kernels, Checkpoint checkpoint, Region staging, long base, WeightLayout layout,
            boolean tiled) {
        this.stream = stream;
        this.copied = copied;
        this.host = host;
        this.kernels = kernels;
        this.checkpoint = checkpoint;
        this.staging = staging;
        this.base = base;
        this.layout = layout;
        this.tiled = tiled;
    }

    /**
     * Loads everything and waits for the device.
     *
     * @param staging holds {@link #stagingBytes}
     * @param base device address of the layout's beginning
     * @param tiled whether the weights that can be are tiled
     */
    static void load(CudaContext context, KernelSet kernels, Checkpoint checkpoint, Region staging, long base, WeightLayout layout,
            List<WeightSpec> specs, List<Constant> constants, boolean tiled, Progress progress) {
        long hostBytes = pinnedBytes(staging.used(), checkpoint instanceof SyntheticCheckpoint);
        try (Stream stream = context.newStream(); Event copied = context.newEvent(false); HostBuffer host = context.allocateHost(hostBytes)) {
            WeightLoader loader = new WeightLoader(stream, copied, host, kernels, checkpoint, staging, base, layout, tiled);
            try {
                loader.load(specs, constants, progress);
            } catch (RuntimeException e) {
                loader.waitAfter(e);
                throw e;
            }
        }
    }

    /** The buffers must not go before the device has done with them. */
    private void waitAfter(RuntimeException failure) {
        try {
            stream.synchronize();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    static long stagingBytes(List<WeightSpec> specs, List<Constant> constants, boolean synthetic) {
        long least = specs.stream().mapToLong(spec -> synthetic ? TensorInfo.count(spec.shape()) : unit(spec)).max().orElse(0) * ELEMENT_BYTES;
        long most = specs.stream().mapToLong(spec -> TensorInfo.count(spec.shape())).max().orElse(0) * ELEMENT_BYTES;
        long table = constants.stream().mapToLong(Constant::bytes).max().orElse(0);
        return Math.max(Math.max(least, Math.min(most, PIECE_BYTES)), Math.min(table, PIECE_BYTES));
    }

    static long pinnedBytes(long stagingBytes, boolean synthetic) {
        return synthetic ? Math.min(stagingBytes, PIECE_BYTES) : stagingBytes;
    }

    /** Elements that must be packed at once: a row of a matrix, a whole depthwise filter or transposed matrix, any number of a vector. */
    private static long unit(WeightSpec spec) {
        return switch (spec.packing()) {
            case MATRIX, ROWS, INT8, INT8_INTERLEAVED, CONV -> spec.cols();
            case DEPTHWISE, TRANSPOSED -> TensorInfo.count(spec.shape());
            case VECTOR -> 1;
        };
    }

    private void load(List<WeightSpec> specs, List<Constant> constants, Progress progress) {
        long done = 0;
        for (WeightSpec spec : specs) {
            if (spec.name().endsWith(ModelTensors.WEIGHT_SCALE) && !checkpoint.names().contains(spec.name())) {
                // The weight before it has been quantized here, and has left its scales.
            } else if (checkpoint instanceof SyntheticCheckpoint synthetic) {
                generate(synthetic, spec);
            } else {
                load(spec);
            }
            done += spec.bytes();
            progress.loaded(done, layout.bytes());
        }
        constants.forEach(this::load);
        stream.synchronize();
        progress.loaded(layout.bytes(), layout.bytes());
    }

    private void load(WeightSpec spec) {
        DataType type = checkpoint.info(spec.name()).type();
        long unit = unit(spec);
        long count = TensorInfo.count(spec.shape());
        long piece = host.size() / type.bytes() / unit * unit;
        for (long first = 0; first < count; first += piece) {
            long elements = Math.min(piece, count - first);
            copied.synchronize();
            ByteBuffer buffer = host.bytes().limit(Math.toIntExact(elements * type.bytes()));
            checkpoint.read(spec.name(), first, buffer);
            NumberCheck.check(checkpoint.source(), spec, type, first, buffer.flip());
            stream.copyToDevice(staging.address(), host, 0, elements * type.bytes());
            stream.record(copied);
            pack(spec, type, first, elements);
        }
    }

    private void generate(SyntheticCheckpoint synthetic, WeightSpec spec) {
        SyntheticCheckpoint.Recipe recipe = synthetic.recipe(spec.name());
        long count = TensorInfo.count(spec.shape());
        kernels.randomFill().launch(stream, staging.address(), count, recipe.seed(), recipe.mean(), recipe.deviation());
        pack(spec, DataType.F32, 0, count);
    }

    /** Packs {@code elements} of the tensor from {@code first} on, which lie at the beginning of the staging memory. */
    private void pack(WeightSpec spec, DataType source, long first, long elements) {
        long[] shape = spec.shape();
        long rowBytes = (long) spec.stride() * spec.type().bytes();
        long destination = base + layout.offset(spec.name());
        int cols = spec.cols();
        if (tiled && spec.tileable()) {
            tile(spec, source, new TiledMatrix(destination, spec.type(), spec.rows(), cols), (int) (first / cols), (int) (elements / cols));
            return;
        }
        switch (spec.packing()) {
            case MATRIX, ROWS -> pack(source, cols, cols, 1, 0, matrix(spec, destination + first / cols * rowBytes, elements / cols));
            case CONV -> pack(source, cols, shape[1], shape[2], 1, matrix(spec, destination + first / cols * rowBytes, elements / cols));
            case TRANSPOSED -> {
                long taps = shape.length == 2 ? 1 : shape[2];
                for (long tap = 0; tap < taps; tap++) {
                    kernels.packWeight().launch(stream, staging.address() + tap * source.bytes(), source, taps, cols, shape[1] * taps, 0,
                            matrix(spec, destination + tap * shape[1] * rowBytes, shape[1]));
                }
            }
            case DEPTHWISE -> pack(source, 1, cols, shape[2], 0, matrix(spec, destination, shape[2]));
            case INT8, INT8_INTERLEAVED -> {
                long row = first / cols;
                kernels.quantizeWeight().launch(stream, staging.address(), source, matrix(spec, destination + row * rowBytes, elements / cols),
                        spec.packing() == Packing.INT8_INTERLEAVED, scales(spec, row));
            }
            case VECTOR -> {
                int count = (int) elements;
                pack(source, 0, count, 1, 0, new Matrix(destination + first * spec.type().bytes(), spec.type(), 1, count, count));
            }
        }
    }

    /** Packs rows of a tiled weight from {@code firstRow} on. */
    private void tile(WeightSpec spec, DataType source, TiledMatrix destination, int firstRow, int rows) {
        if (spec.type() == DataType.I8) {
            kernels.quantizeWeight().launch(stream, staging.address(), source, destination, firstRow, rows, scales(spec, firstRow));
            return;
        }
        long[] shape = spec.shape();
        int cols = spec.cols();
        boolean conv = spec.packing() == Packing.CONV;
        kernels.tileWeight().launch(stream, staging.address(), source, cols, conv ? (int) shape[1] : cols, conv ? shape[2] : 1, conv ? 1 : 0, destination, firstRow, rows);
    }

    /** Where the scales of a quantized weight's rows from {@code row} on lie. */
    private long scales(WeightSpec spec, long row) {
        String name = spec.name().substring(0, spec.name().length() - ".weight".length()) + ModelTensors.WEIGHT_SCALE;
        return base + layout.offset(name) + row * Float.BYTES;
    }

    private static Matrix matrix(WeightSpec spec, long address, long rows) {
        return new Matrix(address, spec.type(), (int) rows, spec.cols(), spec.stride());
    }

    private void pack(DataType source, long strideN, long inner, long strideInner, long strideOuter, Matrix destination) {
        kernels.packWeight().launch(stream, staging.address(), source, strideN, (int) inner, strideInner, strideOuter, destination);
    }

    private void load(Constant constant) {
        long address = base + layout.offset(constant.name());
        ByteBuffer content = constant.content();
        while (content.hasRemaining()) {
            int bytes = (int) Math.min(content.remaining(), host.size());
            int offset = content.position();
            copied.synchronize();
            host.bytes().put(0, content, offset, bytes);
            stream.copyToDevice(address + offset, host, 0, bytes);
            stream.record(copied);
            content.position(offset + bytes);
        }
    }
}

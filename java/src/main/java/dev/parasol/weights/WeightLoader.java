package dev.parasol.weights;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DataType;
import dev.parasol.cuda.Event;
import dev.parasol.cuda.HostBuffer;
import dev.parasol.cuda.Stream;
import dev.parasol.kernels.KernelSet;
import dev.parasol.kernels.Matrix;
import dev.parasol.memory.Region;
import java.nio.ByteBuffer;
import java.util.List;

/** Carries tensors to the device, a piece at a time: file → pinned host buffer → staging → packed weight. Used once. */
final class WeightLoader implements AutoCloseable {
    /** Pieces are this large where a tensor can be cut. */
    private static final long PIECE_BYTES = 16L << 20;
    /** No element of a checkpoint is wider when it is delivered. */
    private static final int ELEMENT_BYTES = 4;

    private final KernelSet kernels;
    private final Checkpoint checkpoint;
    private final long staging;
    private final long base;
    private final WeightLayout layout;
    private final Progress progress;
    private final long stagingBytes;
    private final CudaContext context;
    private Stream stream;
    private Event copied;
    private HostBuffer host;

    WeightLoader(CudaContext context, KernelSet kernels, Checkpoint checkpoint, Region staging, long base, WeightLayout layout, Progress progress) {
        this.context = context;
        this.kernels = kernels;
        this.checkpoint = checkpoint;
        this.staging = staging.address();
        this.stagingBytes = staging.used();
        this.base = base;
        this.layout = layout;
        this.progress = progress;
    }

    static long stagingBytes(List<WeightSpec> specs, List<Constant> constants, boolean synthetic) {
        long least = specs.stream().mapToLong(spec -> synthetic ? TensorInfo.count(spec.shape()) : unit(spec)).max().orElse(0) * ELEMENT_BYTES;
        long most = specs.stream().mapToLong(spec -> TensorInfo.count(spec.shape())).max().orElse(0) * ELEMENT_BYTES;
        long table = constants.stream().mapToLong(Constant::bytes).max().orElse(0);
        return Math.max(Math.max(least, Math.min(most, PIECE_BYTES)), Math.min(table, PIECE_BYTES));
    }

    /** Elements that must be packed at once: a row of a matrix, a whole depthwise filter, any number of a vector. */
    private static long unit(WeightSpec spec) {
        return switch (spec.packing()) {
            case MATRIX, CONV -> spec.cols();
            case DEPTHWISE -> TensorInfo.count(spec.shape());
            case VECTOR -> 1;
        };
    }

    /** Loads everything and waits for the device. */
    void load(List<WeightSpec> specs, List<Constant> constants) {
        stream = context.newStream();
        copied = context.newEvent(false);
        host = context.allocateHost(checkpoint instanceof SyntheticCheckpoint ? Math.min(stagingBytes, PIECE_BYTES) : stagingBytes);
        long done = 0;
        for (WeightSpec spec : specs) {
            if (checkpoint instanceof SyntheticCheckpoint synthetic) {
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
        long piece = stagingBytes / type.bytes() / unit * unit;
        for (long first = 0; first < count; first += piece) {
            long elements = Math.min(piece, count - first);
            copied.synchronize();
            ByteBuffer buffer = host.bytes().limit(Math.toIntExact(elements * type.bytes()));
            checkpoint.read(spec.name(), first, buffer);
            NumberCheck.check(checkpoint.source(), spec, type, first, buffer.flip());
            stream.copyToDevice(staging, host, 0, elements * type.bytes());
            stream.record(copied);
            pack(spec, type, first, elements);
        }
    }

    private void generate(SyntheticCheckpoint synthetic, WeightSpec spec) {
        SyntheticCheckpoint.Recipe recipe = synthetic.recipe(spec.name());
        long count = TensorInfo.count(spec.shape());
        kernels.randomFill().launch(stream, staging, count, recipe.seed(), recipe.mean(), recipe.deviation());
        pack(spec, DataType.F32, 0, count);
    }

    /** Packs {@code elements} of the tensor from {@code first} on, which lie at the beginning of the staging memory. */
    private void pack(WeightSpec spec, DataType source, long first, long elements) {
        long[] shape = spec.shape();
        long rowBytes = (long) spec.stride() * spec.type().bytes();
        long destination = base + layout.offset(spec.name());
        int cols = spec.cols();
        switch (spec.packing()) {
            case MATRIX -> pack(source, cols, cols, 1, 0, matrix(spec, destination + first / cols * rowBytes, elements / cols));
            case CONV -> pack(source, cols, shape[1], shape[2], 1, matrix(spec, destination + first / cols * rowBytes, elements / cols));
            case DEPTHWISE -> pack(source, 1, cols, shape[2], 0, matrix(spec, destination, shape[2]));
            case VECTOR -> {
                int count = (int) elements;
                pack(source, 0, count, 1, 0, new Matrix(destination + first * spec.type().bytes(), spec.type(), 1, count, count));
            }
        }
    }

    private static Matrix matrix(WeightSpec spec, long address, long rows) {
        return new Matrix(address, spec.type(), (int) rows, spec.cols(), spec.stride());
    }

    private void pack(DataType source, long strideN, long inner, long strideInner, long strideOuter, Matrix destination) {
        kernels.packWeight().launch(stream, staging, source, strideN, (int) inner, strideInner, strideOuter, destination);
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

    /** Waits for what is under way, also after a failure, since the buffers must not go before that. */
    @Override
    public void close() {
        try (HostBuffer first = host; Event second = copied; Stream third = stream) {
            if (stream != null) {
                stream.synchronize();
            }
        }
    }
}

package dev.parasol.model;

import dev.parasol.cuda.Stream;
import dev.parasol.kernels.KernelSet;
import dev.parasol.kernels.Matrix;
import dev.parasol.kernels.Ragged;
import dev.parasol.weights.DeviceWeights;

/** What the steps of a plan need when they launch: addresses of the buffers, weights, kernels and the stream. */
final class Execution {
    private final ForwardPlan plan;
    private final Stream stream;
    private final KernelSet kernels;
    private final DeviceWeights weights;
    private final FrontEndTables tables;
    private final long slab;
    private int step;

    /** @param slab address of the slab, at least the plan's peak long; its base is aligned to 256 bytes */
    Execution(ForwardPlan plan, Stream stream, KernelSet kernels, DeviceWeights weights, FrontEndTables tables, long slab) {
        this.plan = plan;
        this.stream = stream;
        this.kernels = kernels;
        this.weights = weights;
        this.tables = tables;
        this.slab = slab;
    }

    /** From now on, the buffers that are alive in {@code step} may be used. */
    void enter(int step) {
        this.step = step;
    }

    Stream stream() {
        return stream;
    }

    KernelSet kernels() {
        return kernels;
    }

    DeviceWeights weights() {
        return weights;
    }

    FrontEndTables tables() {
        return tables;
    }

    long address(PlannedBuffer buffer) {
        if (!buffer.aliveAt(step)) {
            throw new IllegalStateException("step " + step + " (" + plan.stepName(step) + ") uses " + buffer);
        }
        return slab + plan.offset(buffer);
    }

    Matrix matrix(PlannedBuffer buffer) {
        return new Matrix(address(buffer), buffer.type(), buffer.rows(), buffer.cols(), buffer.stride());
    }

    Matrix matrixOrNull(PlannedBuffer buffer) {
        return buffer == null ? null : matrix(buffer);
    }

    /** The {@code count} columns where a part begins. */
    Matrix columns(Operations.Part part, int count) {
        PlannedBuffer buffer = part.buffer();
        return new Matrix(address(buffer) + (long) part.first() * buffer.type().bytes(), buffer.type(), buffer.rows(), count, buffer.stride());
    }

    /** Frames or tokens of the utterances. */
    Ragged ragged(Rows rows) {
        return new Ragged(offsets(rows), plan.shape().batch(), plan.shape().frames());
    }

    /** Address of the true number of rows. */
    long count(Rows rows) {
        return offsets(rows) + (long) Integer.BYTES * plan.shape().batch();
    }

    /** Address of the tokens' offsets, which lie behind the ids. */
    long tokenOffsets() {
        return address(plan.results()) + (long) Integer.BYTES * plan.shape().frames();
    }

    private long offsets(Rows rows) {
        return switch (rows) {
            case FRAMES -> address(plan.offsets()) + InputOffsets.frames(plan.shape().batch());
            case TOKENS -> tokenOffsets();
            case WEIGHTS -> throw new IllegalArgumentException("weights have no offsets of their own");
        };
    }
}

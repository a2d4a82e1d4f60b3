package dev.parasol.model;

import dev.parasol.cuda.DataType;
import dev.parasol.weights.LinearSchemes;
import dev.parasol.weights.WeightSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Collects the steps of a forward pass in their order. A buffer's lifetime follows from the steps that name it, so what
 * is planned and what is launched cannot differ. Not thread-safe.
 */
final class PlanBuilder {
    private final BatchShape shape;
    private final LinearSchemes schemes;
    private final List<PlannedBuffer> buffers = new ArrayList<>();
    private final List<PlannedStep> steps = new ArrayList<>();
    private final PlannedBuffer offsets;
    private final PlannedBuffer results;
    private final List<PlannedBuffer> downloads = new ArrayList<>();
    private Part part = Part.FRONT_END;
    private Rows resultRows = Rows.TOKENS;
    private int weightsPerFrame;

    /** Step 0 uploads what the host gives. */
    PlanBuilder(BatchShape shape, LinearSchemes schemes) {
        this(shape, schemes, DataType.I32, Math.addExact(shape.frames(), shape.batch() + 1));
    }

    /** For a pass whose results are something else than ids. */
    PlanBuilder(BatchShape shape, LinearSchemes schemes, DataType resultType, int resultCount) {
        this.shape = shape;
        this.schemes = schemes;
        steps.add(new PlannedStep("upload", part, List.of(), execution -> {}));
        offsets = input("offsets", DataType.I32, 1, Math.toIntExact(InputOffsets.bytes(shape.batch()) / Integer.BYTES));
        results = buffer("results", resultType, resultCount, 1);
        downloads.add(results);
    }

    BatchShape shape() {
        return shape;
    }

    LinearSchemes schemes() {
        return schemes;
    }

    /** The type of what is not quantized: F32 or F16. */
    DataType matrixType() {
        return schemes.matrixType();
    }

    /** Offsets of samples, filter bank rows and frames: see {@link InputOffsets}. */
    PlannedBuffer offsets() {
        return offsets;
    }

    /** What comes down, in one piece; of recognition: room for an id a frame, then the offsets of the tokens. */
    PlannedBuffer results() {
        return results;
    }

    /** A buffer that comes down behind the results; the last step must touch it. */
    void download(PlannedBuffer buffer) {
        downloads.add(buffer);
    }

    /** The results and what comes down behind them. */
    List<PlannedBuffer> downloads() {
        return downloads;
    }

    /** Says how many weights for each frame come down, from which times are made: 0 unless told otherwise. */
    void traced(int perFrame) {
        weightsPerFrame = perFrame;
    }

    int weightsPerFrame() {
        return weightsPerFrame;
    }

    /** Says what has an id each: {@link Rows#TOKENS} unless told otherwise, or {@link Rows#FRAMES}, whose offsets the host knows. */
    void resultRows(Rows rows) {
        resultRows = rows;
    }

    Rows resultRows() {
        return resultRows;
    }

    /** The buffer with the offsets of {@code rows}, which every step over such rows touches. */
    PlannedBuffer offsetsOf(Rows rows) {
        return rows == Rows.TOKENS ? results : offsets;
    }

    /** A buffer without padding. */
    PlannedBuffer buffer(String name, DataType type, int rows, int cols) {
        return add(name, type, rows, cols, cols);
    }

    /** A buffer that a matrix product reads: in the matrices' type, its rows padded as those of the weights. */
    PlannedBuffer factor(String name, int rows, int cols) {
        return add(name, matrixType(), rows, cols, padded(cols));
    }

    /** An int8 buffer that a matrix product reads, its rows padded as those of int8 weights. */
    PlannedBuffer quantized(String name, int rows, int cols) {
        return add(name, DataType.I8, rows, cols, padded(cols, WeightSpec.INT8_PAD));
    }

    /** A buffer that is filled by the upload. */
    PlannedBuffer input(String name, DataType type, int rows, int cols) {
        PlannedBuffer buffer = buffer(name, type, rows, cols);
        buffer.touch(0);
        return buffer;
    }

    private PlannedBuffer add(String name, DataType type, int rows, int cols, int stride) {
        PlannedBuffer buffer = new PlannedBuffer(buffers.size(), name, type, rows, cols, stride);
        buffers.add(buffer);
        return buffer;
    }

    /** Steps from now on belong to {@code next}. */
    void part(Part next) {
        part = next;
    }

    /** Adds a step that touches these buffers and no others. */
    void step(String name, Collection<PlannedBuffer> touched, PlannedStep.Launch launch) {
        for (PlannedBuffer buffer : touched) {
            buffer.touch(steps.size());
        }
        steps.add(new PlannedStep(name, part, List.copyOf(touched), launch));
    }

    /** The last step leaves the stage {@code name} in {@code buffer}, which it touched. */
    void stage(String name, PlannedBuffer buffer, Rows rows) {
        PlannedStep last = steps.get(steps.size() - 1);
        if (!last.touched().contains(buffer)) {
            throw new IllegalArgumentException("step " + last.name() + " does not touch " + buffer);
        }
        last.stages().add(new PlannedStep.Stage(name, buffer, rows));
    }

    List<PlannedBuffer> buffers() {
        return buffers;
    }

    List<PlannedStep> steps() {
        return steps;
    }

    /** Columns of a factor of a matrix product: as many as those of packed weights. */
    static int padded(int cols) {
        return padded(cols, WeightSpec.PAD);
    }

    private static int padded(int cols, int multiple) {
        return Math.multiplyExact((cols + multiple - 1) / multiple, multiple);
    }
}

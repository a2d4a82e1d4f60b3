package dev.parasol.model;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DataType;
import dev.parasol.cuda.HostBuffer;
import dev.parasol.weights.HostTensors;
import java.nio.ByteBuffer;

/** Copies stages from the device to a recorder through one bounded pinned buffer, waiting for the device. */
final class StageCopy implements AutoCloseable {
    private static final long STAGING_BYTES = 4 << 20;

    private final BatchLayout layout;
    private final StageRecorder recorder;
    private final HostBuffer staging;

    StageCopy(CudaContext context, ForwardPlan plan, BatchLayout layout, StageRecorder recorder) {
        this.layout = layout;
        this.recorder = recorder;
        this.staging = context.allocateHost(Math.max(STAGING_BYTES, tokenOffsetBytes(plan)));
        recorder.begin(layout.batch());
    }

    /** Records the stages that are complete after {@code step}. */
    void after(PlannedStep step, ForwardPlan plan, Execution execution) {
        for (PlannedStep.Stage stage : step.stages()) {
            if (recorder.wants(stage.name())) {
                copy(stage, offsets(stage.rows(), plan, execution), execution);
            }
        }
    }

    private int[] offsets(Rows rows, ForwardPlan plan, Execution execution) {
        int[] offsets = layout.frameOffsets().clone();
        if (rows == Rows.WEIGHTS) {
            for (int b = 0; b < offsets.length; b++) {
                offsets[b] += b;
            }
        } else if (rows == Rows.TOKENS) {
            download(execution, execution.tokenOffsets(), tokenOffsetBytes(plan)).asIntBuffer().get(offsets);
        }
        return offsets;
    }

    private static long tokenOffsetBytes(ForwardPlan plan) {
        return Integer.BYTES * (plan.shape().batch() + 1L);
    }

    private void copy(PlannedStep.Stage stage, int[] offsets, Execution execution) {
        PlannedBuffer buffer = stage.buffer();
        for (int b = 0; b < layout.batch(); b++) {
            int rows = offsets[b + 1] - offsets[b];
            long[] shape = buffer.cols() == 1 ? new long[] {rows} : new long[] {rows, buffer.cols()};
            int count = Math.multiplyExact(rows, buffer.cols());
            if (buffer.type() == DataType.I32) {
                long[] ids = new long[count];
                read(buffer, offsets[b], rows, execution, (at, bytes) -> ids[at] = bytes.getInt());
                recorder.put(b, stage.name(), new StageTensor(shape, null, ids));
            } else {
                float[] values = new float[count];
                boolean half = buffer.type() == DataType.F16;
                read(buffer, offsets[b], rows, execution,
                        (at, bytes) -> values[at] = half ? HostTensors.half(bytes.getShort()) : bytes.getFloat());
                recorder.put(b, stage.name(), new StageTensor(shape, values, null));
            }
        }
    }

    @FunctionalInterface
    private interface Element {
        /** Takes element {@code at} from the bytes' position. */
        void take(int at, ByteBuffer bytes);
    }

    private void read(PlannedBuffer buffer, int firstRow, int rows, Execution execution, Element element) {
        long rowBytes = (long) buffer.stride() * buffer.type().bytes();
        int rowsAtOnce = Math.toIntExact(Math.max(1, staging.size() / rowBytes));
        for (int row = 0; row < rows; row += rowsAtOnce) {
            int count = Math.min(rowsAtOnce, rows - row);
            ByteBuffer bytes = download(execution, execution.address(buffer) + (firstRow + row) * rowBytes, count * rowBytes);
            for (int r = 0; r < count; r++) {
                bytes.position(Math.toIntExact(r * rowBytes));
                for (int c = 0; c < buffer.cols(); c++) {
                    element.take((row + r) * buffer.cols() + c, bytes);
                }
            }
        }
    }

    private ByteBuffer download(Execution execution, long address, long bytes) {
        execution.stream().copyToHost(staging, 0, address, bytes);
        execution.stream().synchronize();
        return staging.bytes();
    }

    @Override
    public void close() {
        staging.close();
    }
}

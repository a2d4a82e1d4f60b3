package dev.parasol.model;

import dev.parasol.cuda.DataType;
import dev.parasol.kernels.Conv;
import dev.parasol.kernels.Ragged;
import dev.parasol.weights.SpeakerConfig;
import dev.parasol.weights.SpeakerTensors;
import java.util.List;

/**
 * The head of a speaker network: convolutions over time and frequency, which keep all rows and leave an eighth of the frequencies. Within
 * it a row takes thirty times what goes in and eight times what comes out, so it is computed some rows at a time, each piece from as many
 * rows around it as its convolutions see; the result is the same to the bit.
 */
final class SpeakerHead {
    /** Rows that are computed at a time. */
    static final int PIECE = 512;

    private static final int LAYERS = 2;
    private static final int BLOCKS = 2;
    private static final int TAPS = 3;
    /** Rows that all convolutions but the first see on each side: one each, and two of them in every block. */
    private static final int CONTEXT = 2 * LAYERS * BLOCKS + 1;

    private final PlanBuilder plan;
    private final SpeakerConfig config;
    private final int rows;

    SpeakerHead(PlanBuilder plan, SpeakerConfig config) {
        this.plan = plan;
        this.config = config;
        this.rows = plan.shape().fbankRows();
    }

    /** Rows of the batch from {@code first} on, in the midst of the head. */
    private record Piece(PlannedBuffer buffer, int first, int frequencies, int channels) {
        Conv.Slice slice(Execution e) {
            return new Conv.Slice(e.matrix(buffer), first);
        }

        /** Address of row {@code row} of the batch. */
        long address(Execution e, int row) {
            return e.address(buffer) + (long) (row - first) * buffer.stride() * buffer.type().bytes();
        }
    }

    /** Adds the head. {@code features} is {@code [rows, mels]}, the result {@code [rows, mels / 8 * channels]}. */
    PlannedBuffer plan(PlannedBuffer features) {
        PlannedBuffer output = plan.buffer("head", DataType.F32, rows, config.headFrequencies() * SpeakerConfig.HEAD_CHANNELS);
        for (int first = 0; first < rows; first += PIECE) {
            piece(new Piece(features, 0, config.mels(), 1), first, Math.min(rows, first + PIECE), output);
        }
        return output;
    }

    private void piece(Piece features, int first, int end, PlannedBuffer output) {
        int context = CONTEXT;
        Piece x = convolution("head.conv1", features, TAPS, 1, null, true, first - context, end + context);
        for (int layer = 0; layer < LAYERS; layer++) {
            for (int block = 0; block < BLOCKS; block++) {
                int stride = block == 0 ? 2 : 1;
                String prefix = SpeakerTensors.residual(layer, block);
                context -= 2;
                Piece inner = convolution(prefix + "conv1", x, TAPS, stride, null, true, first - context - 1, end + context + 1);
                Piece shortcut = block == 0 ? convolution(prefix + "shortcut.0", x, 1, stride, null, false, first - context, end + context) : x;
                x = convolution(prefix + "conv2", inner, TAPS, 1, shortcut, true, first - context, end + context);
            }
        }
        step("head.conv2", x, TAPS, 2, null, true, new Piece(output, 0, config.headFrequencies(), SpeakerConfig.HEAD_CHANNELS), first, end - first);
    }

    /** Rows {@code first … end - 1} of a convolution, as far as there are any, in a buffer of their own. */
    private Piece convolution(String name, Piece input, int taps, int stride, Piece residual, boolean relu, int first, int end) {
        int from = Math.max(0, first);
        int count = Math.min(rows, end) - from;
        int frequencies = (input.frequencies() + stride - 1) / stride;
        PlannedBuffer buffer = plan.buffer(name + "." + from, DataType.F32, count, frequencies * SpeakerConfig.HEAD_CHANNELS);
        Piece output = new Piece(buffer, from, frequencies, SpeakerConfig.HEAD_CHANNELS);
        step(name, input, taps, stride, residual, relu, output, from, count);
        return output;
    }

    private void step(String name, Piece input, int taps, int stride, Piece residual, boolean relu, Piece output, int first, int count) {
        Conv.Shape shape = new Conv.Shape(input.frequencies(), input.channels(), SpeakerConfig.HEAD_CHANNELS, taps, taps, 1, stride, 1);
        List<PlannedBuffer> touched = residual == null ? List.of(input.buffer(), output.buffer(), plan.offsets())
                : List.of(input.buffer(), residual.buffer(), output.buffer(), plan.offsets());
        plan.step(name, touched.stream().distinct().toList(), e -> {
            Ragged all = new Ragged(e.address(plan.offsets()) + InputOffsets.fbank(plan.shape().batch()), plan.shape().batch(), rows);
            e.kernels().conv().launch(e.stream(), shape, input.slice(e), all.offsets(), e.weights().vector(name + ".weight"), e.weights().vector(name + ".bias"),
                    residual == null ? 0 : residual.address(e, output.first()), null, relu, output.slice(e), all, first, count);
        });
    }
}

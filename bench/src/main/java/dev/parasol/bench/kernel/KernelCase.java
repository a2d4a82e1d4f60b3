package dev.parasol.bench.kernel;

import dev.parasol.bench.Scratch;
import java.util.function.Function;

/**
 * A kernel at one shape, to be timed and checked.
 *
 * @param name the operation
 * @param variant which version of it
 * @param shape its size as text
 * @param flops floating-point operations of a launch
 * @param bytes that a launch must move: every input read and every output written once
 * @param limit of the error against double precision, norm of the difference over the norm
 * @param operands makes random operands, different ones at every call
 */
public record KernelCase(String name, String variant, String shape, double flops, double bytes, double limit, Function<Scratch, Operands> operands) {
    /** Rounding of fp16 outputs and of probabilities between two products. */
    public static final double HALF_LIMIT = 2e-3;
    /** Strict fp32. */
    public static final double FLOAT_LIMIT = 1e-5;

    /** Operands of one launch in device memory. */
    public interface Operands {
        /** Enqueues the launch on the scratch's stream. */
        void launch();

        /**
         * The error of what the last launch wrote, on samples of it; not a number where something was not written. The stream has
         * passed the launch.
         */
        double error();
    }
}

package dev.parasol.kernels;

import dev.parasol.cuda.DataType;

/** Checks of a launch's arguments; all throw {@link IllegalArgumentException} with the kernel, the argument, what it is and what it must be. */
final class Checks {
    private Checks() {
    }

    static void address(String kernel, String argument, long address) {
        if (address == 0) {
            throw new IllegalArgumentException(kernel + ": " + argument + " has no address");
        }
    }

    static void atLeast(String kernel, String argument, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(kernel + ": " + argument + " is " + value + ", but must be at least " + least);
        }
    }

    static void atMost(String kernel, String argument, long value, long most) {
        if (value > most) {
            throw new IllegalArgumentException(kernel + ": " + argument + " is " + value + ", but must be at most " + most);
        }
    }

    static void equal(String kernel, String argument, long value, long expected) {
        if (value != expected) {
            throw new IllegalArgumentException(kernel + ": " + argument + " is " + value + ", but must be " + expected);
        }
    }

    /** A matrix in memory of that type with room for that many rows. */
    static void matrix(String kernel, String argument, Matrix matrix, DataType type, int rows) {
        address(kernel, argument, matrix.address());
        if (matrix.type() != type) {
            throw new IllegalArgumentException(kernel + ": " + argument + " is " + matrix.type() + ", but must be " + type);
        }
        atLeast(kernel, "the row count of " + argument, matrix.rows(), rows);
        atLeast(kernel, "the stride of " + argument, matrix.stride(), matrix.cols());
    }

    /** A matrix whose rows lie without a gap. */
    static void dense(String kernel, String argument, Matrix matrix, DataType type, int rows, int cols) {
        matrix(kernel, argument, matrix, type, rows);
        equal(kernel, "the column count of " + argument, matrix.cols(), cols);
        equal(kernel, "the stride of " + argument, matrix.stride(), cols);
    }

    /** A matrix whose rows begin at multiples of 16 bytes, as copies of 16 bytes need. */
    static void aligned(String kernel, String argument, Matrix matrix) {
        if (matrix.address() % 16 != 0 || (long) matrix.stride() * matrix.type().bytes() % 16 != 0) {
            throw new IllegalArgumentException(kernel + ": " + argument + " begins at address " + matrix.address() + " and has a stride of "
                    + matrix.stride() + " " + matrix.type() + ", but its rows must begin at multiples of 16 bytes");
        }
    }

    /** Fp32 or fp16. */
    static void floating(String kernel, String argument, DataType type) {
        if (type != DataType.F32 && type != DataType.F16) {
            throw new IllegalArgumentException(kernel + ": " + argument + " is " + type + ", but must be F32 or F16");
        }
    }
}

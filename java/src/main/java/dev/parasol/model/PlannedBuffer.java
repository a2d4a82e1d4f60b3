package dev.parasol.model;

import dev.parasol.cuda.DataType;

/**
 * One buffer of a forward pass: a row-major matrix that lives from the first step that touches it to the last.
 * Identity is that of the object.
 */
public final class PlannedBuffer {
    private final int index;
    private final String name;
    private final DataType type;
    private final int rows;
    private final int cols;
    private final int stride;
    private int firstStep = -1;
    private int lastStep = -1;

    PlannedBuffer(int index, String name, DataType type, int rows, int cols, int stride) {
        this.index = index;
        this.name = name;
        this.type = type;
        this.rows = rows;
        this.cols = cols;
        this.stride = stride;
    }

    void touch(int step) {
        firstStep = firstStep < 0 ? step : firstStep;
        lastStep = step;
    }

    boolean aliveAt(int step) {
        return firstStep <= step && step <= lastStep;
    }

    /** Its place among the plan's buffers. */
    int index() {
        return index;
    }

    /** Its name, after the stage or the weights that it belongs to. */
    public String name() {
        return name;
    }

    /** The element type. */
    public DataType type() {
        return type;
    }

    /** Rows that are reserved; there may be fewer tokens than that. */
    public int rows() {
        return rows;
    }

    /** Columns with a meaning. */
    public int cols() {
        return cols;
    }

    /** Elements from one row to the next. */
    public int stride() {
        return stride;
    }

    /** Its size in bytes, padding columns included. */
    public long bytes() {
        return (long) rows * stride * type.bytes();
    }

    /** The first step that touches it. */
    public int firstStep() {
        return firstStep;
    }

    /** The last step that touches it. */
    public int lastStep() {
        return lastStep;
    }

    @Override
    public String toString() {
        return name + " " + type + "[" + rows + ", " + cols + "] in steps " + firstStep + " to " + lastStep;
    }
}

package dev.parasol.model;

/** What is new in each pass of voice activity detection over the next block of a recording: read by the steps as they launch. Not thread-safe. */
final class VadBlock {
    private int rows;
    private int first;
    private int frames;

    /**
     * @param newRows filter bank rows, those around the new frames included
     * @param newFirst the row of the first new frame
     * @param newFrames new frames
     */
    void set(int newRows, int newFirst, int newFrames) {
        rows = newRows;
        first = newFirst;
        frames = newFrames;
    }

    int rows() {
        return rows;
    }

    int first() {
        return first;
    }

    int frames() {
        return frames;
    }
}

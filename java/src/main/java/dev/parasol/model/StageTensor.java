package dev.parasol.model;

/**
 * One stage of one utterance on the host, row major.
 *
 * @param shape its sizes
 * @param floats the numbers, or null for ids
 * @param ids token ids, or null for anything else
 */
public record StageTensor(long[] shape, float[] floats, long[] ids) {
    /** Number of rows. */
    public int rows() {
        return Math.toIntExact(shape[0]);
    }
}

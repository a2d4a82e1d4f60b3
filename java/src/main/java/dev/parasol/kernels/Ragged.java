package dev.parasol.kernels;

/**
 * Rows of a batch packed one utterance behind the other. Immutable.
 *
 * @param offsets device address of {@code batch + 1} 32-bit integers: the first row of each utterance, then the row count
 * @param batch   utterances, at least 1
 * @param rows    the row count, or an upper bound of it where only the device knows it; sizes the grids
 */
public record Ragged(long offsets, int batch, int rows) {
    /** Checks the values; {@link IllegalArgumentException} when they are none of a batch. */
    public Ragged {
        if (offsets == 0) {
            throw new IllegalArgumentException("the offsets of a ragged batch have no address");
        }
        if (batch < 1) {
            throw new IllegalArgumentException("a ragged batch needs at least one utterance, not " + batch);
        }
        if (rows < 0) {
            throw new IllegalArgumentException("a ragged batch cannot have " + rows + " rows");
        }
    }
}

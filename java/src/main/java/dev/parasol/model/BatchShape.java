package dev.parasol.model;

/**
 * All that a plan depends on: the totals of a ragged batch.
 *
 * @param batch utterances, at least 1
 * @param samples samples of all waveforms; 0 where features are given
 * @param fbankRows filter bank rows of all waveforms; 0 where features are given
 * @param frames stacked frames of all utterances
 */
public record BatchShape(int batch, long samples, int fbankRows, int frames) {
    /** Checks the values; {@link IllegalArgumentException} when no batch has them. */
    public BatchShape {
        if (batch < 1 || frames < batch || samples < 0 || fbankRows < 0 || (samples == 0) != (fbankRows == 0)) {
            throw new IllegalArgumentException("no batch of " + batch + " utterances has " + samples + " samples, " + fbankRows
                    + " filter bank rows and " + frames + " frames");
        }
    }

    /** Whether the front end runs; otherwise features are uploaded. */
    public boolean fromWaveforms() {
        return samples > 0;
    }
}

package dev.parasol.model;

import dev.parasol.weights.VadConfig;
import dev.parasol.weights.VadFolder;

/**
 * The memory that voice activity detection takes, to the byte, known without loading the model and without a device. It does not depend
 * on the recordings.
 *
 * @param weightBytes region {@code weights}
 * @param stagingBytes region {@code staging} while the model is loaded
 * @param slabBytes the slab of a pass over a block
 * @param hostBytes pinned host memory for what goes up and comes down in a pass
 */
public record VadForecast(long weightBytes, long stagingBytes, long slabBytes, long hostBytes) {
    /** The memory of {@code folder}. */
    public static VadForecast of(VadFolder folder) {
        VadConfig config = folder.config();
        return new VadForecast(FsmnVad.weightBytes(config), FsmnVad.stagingBytes(config), FsmnVad.plan(config).peakBytes(), FsmnVad.pinnedBytes(config));
    }

    /** The forecast for people. */
    public String toText() {
        ForecastRows rows = new ForecastRows("voice activity detection");
        rows.add("weights", weightBytes);
        rows.add("activations, for recordings of any length", slabBytes);
        rows.add("staging, while loading", stagingBytes);
        rows.add("pinned host memory", hostBytes);
        return rows.toString();
    }
}

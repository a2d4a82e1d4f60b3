package dev.parasol.model;

import dev.parasol.weights.FrontendConfig;
import dev.parasol.weights.SpeakerConfig;
import dev.parasol.weights.SpeakerFolder;
import java.util.Arrays;
import java.util.Locale;

/**
 * The memory that a speaker model takes, to the byte, known without loading it and without a device.
 *
 * @param recordings recordings of the batch that was asked about
 * @param seconds seconds of each
 * @param weightBytes region {@code weights}
 * @param stagingBytes region {@code staging} while the model is loaded
 * @param slabBytes the slab of a pass over the batch
 * @param hostBytes pinned host memory for what goes up and comes down in a pass
 */
public record SpeakerForecast(int recordings, double seconds, long weightBytes, long stagingBytes, long slabBytes, long hostBytes) {
    /** The memory of {@code folder} and of one pass over {@code recordings} recordings of {@code samples} samples each. */
    public static SpeakerForecast of(SpeakerFolder folder, int recordings, int samples) {
        SpeakerConfig config = folder.config();
        long[] lengths = new long[recordings];
        Arrays.fill(lengths, samples);
        return new SpeakerForecast(recordings, (double) samples / FrontendConfig.SAMPLE_RATE, SpeakerNetwork.weightBytes(config),
                SpeakerNetwork.stagingBytes(config), SpeakerNetwork.plan(config, lengths).peakBytes(), SpeakerNetwork.pinnedBytes(config, lengths));
    }

    /** The forecast for people. */
    public String toText() {
        ForecastRows rows = new ForecastRows("speakers");
        rows.add("weights", weightBytes);
        rows.add(String.format(Locale.ROOT, "activations of %d windows of %.1f s", recordings, seconds), slabBytes);
        rows.add("staging, while loading", stagingBytes);
        rows.add("pinned host memory", hostBytes);
        return rows.toString();
    }
}

package dev.parasol.tuning;

/**
 * What one batch size was measured to do, in {@link Load#RUNS} runs.
 *
 * @param precision what linear layers ran in
 * @param batchSeconds {@code batch_size_s}
 * @param throughput seconds of audio recognised in a second: the median of the runs
 * @param slowest that of the slowest run
 * @param fastest that of the fastest run
 * @param latencyP50 seconds from an utterance's submission to its answer while two batches' audio is always asked for: the median of all runs
 * @param latencyP95 what 95 % of the utterances stay below
 * @param largestBatchSeconds audio in the largest batch that went to the device
 * @param plannedPeak bytes of activations that the largest batch was planned to take
 * @param measuredPeak bytes of activations that it took
 * @param held device memory that was held in the end, in bytes, weights included
 * @param shrunk whether batches had to be made smaller for want of memory
 */
public record TunePoint(String precision, double batchSeconds, double throughput, double slowest, double fastest, double latencyP50, double latencyP95,
                        double largestBatchSeconds, long plannedPeak, long measuredPeak, long held, boolean shrunk) {
    /** Real-time factor: time over audio. */
    public double rtf() {
        return 1 / throughput;
    }
}

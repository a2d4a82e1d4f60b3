package dev.parasol.bench.measure;

import java.util.List;

/**
 * What is measured on the whole model: everything on a GPU, little batches of a small model on the software device.
 *
 * @param latencies lengths in seconds of single utterances, that of the goal first
 * @param batches of packed utterances, that of the goal first
 * @param passes samples of each
 */
record Plan(List<Double> latencies, List<Batch> batches, int passes) {
    static Plan of(boolean gpu) {
        return gpu
                ? new Plan(List.of(10.0, 1.0, 2.0, 5.0, 20.0, 30.0, 60.0),
                        List.of(Batch.uniform(30, 10), Batch.ragged(300), Batch.uniform(1, 10), Batch.uniform(2, 10), Batch.uniform(5, 10), Batch.uniform(10, 10),
                                Batch.uniform(60, 10), Batch.uniform(120, 10), Batch.uniform(5, 60)), 30)
                : new Plan(List.of(1.0, 0.5, 2.0), List.of(Batch.uniform(2, 1), Batch.ragged(4), Batch.uniform(1, 1)), 3);
    }
}

package dev.parasol.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Made-up embeddings of speakers: a direction each, and noise. */
final class Voices {
    private static final int SIZE = 192;

    private Voices() {}

    /** The speaker of embedding {@code i}: they take turns of ten. */
    static int speaker(int i, int speakers) {
        return i / 10 % speakers;
    }

    /** @param noise length of the noise, a direction having the length 1; lengths of the embeddings differ */
    static List<float[]> embeddings(int speakers, int count, double noise, long seed) {
        Random random = new Random(seed);
        float[][] centres = new float[speakers][];
        for (int s = 0; s < speakers; s++) {
            centres[s] = Directions.unit(gauss(random));
        }
        List<float[]> embeddings = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            float[] embedding = gauss(random);
            float length = 5 + 10 * random.nextFloat();
            for (int d = 0; d < SIZE; d++) {
                embedding[d] = length * (centres[speaker(i, speakers)][d] + (float) (embedding[d] * noise / Math.sqrt(SIZE)));
            }
            embeddings.add(embedding);
        }
        return embeddings;
    }

    private static float[] gauss(Random random) {
        float[] vector = new float[SIZE];
        for (int d = 0; d < SIZE; d++) {
            vector[d] = (float) random.nextGaussian();
        }
        return vector;
    }
}

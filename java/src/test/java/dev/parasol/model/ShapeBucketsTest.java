package dev.parasol.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ShapeBucketsTest {
    private static final int MOST_FRAMES = 100_000;

    private static BatchShape bucket(BatchShape shape) {
        return ShapeBuckets.of(shape, TestModels.FRONTEND);
    }

    @Test
    void framesAreCoveredMonotoneAndWithinTheBound() {
        int before = 0;
        double waste = 0;
        for (int frames = 1; frames <= MOST_FRAMES; frames++) {
            int bucket = ShapeBuckets.frames(frames);
            assertThat(bucket).isGreaterThanOrEqualTo(Math.max(frames, before));
            assertThat(bucket - frames).as("%d in %d", frames, bucket).isLessThan(Math.max(8, (frames + 31) / 32 + 1));
            assertThat(ShapeBuckets.frames(bucket)).as("a point of the grid").isEqualTo(bucket);
            waste += frames >= 313 ? (bucket - frames) / (double) frames : 0;
            before = bucket;
        }
        System.out.printf("buckets of 313 to %d frames have %.2f %% more than the batch on the average%n", MOST_FRAMES, 100 * waste / (MOST_FRAMES - 312));
    }

    @Test
    void usualLengthsAreBucketsThemselves() {
        for (int frames : new int[] {8, 312, 625, 2500, 5000, 10_000, 20_000}) {
            assertThat(ShapeBuckets.frames(frames)).isEqualTo(frames);
        }
        assertThat(ShapeBuckets.frames(5001)).isEqualTo(5156);
    }

    @Property(tries = 300)
    void aBucketHoldsItsBatchesAndIsItsOwn(@ForAll @Size(min = 1, max = 40) List<@IntRange(min = 1, max = 500_000) Integer> samples) {
        BatchShape shape = BatchLayout.ofWaveforms(TestModels.FRONTEND, samples.stream().mapToLong(Integer::longValue).toArray()).shape();
        BatchShape bucket = bucket(shape);
        assertThat(bucket.batch()).isBetween(shape.batch(), 2 * shape.batch() - 1);
        assertThat(bucket.samples()).isGreaterThanOrEqualTo(shape.samples());
        assertThat(bucket.fbankRows()).isGreaterThanOrEqualTo(shape.fbankRows());
        assertThat(bucket.frames()).isEqualTo(ShapeBuckets.frames(shape.frames()));
        assertThat(bucket(bucket)).isEqualTo(bucket);
    }

    /** One utterance more, or a longer one: no less of anything. */
    @Property(tries = 200)
    void bucketsAreMonotone(@ForAll @Size(min = 1, max = 12) List<@IntRange(min = 1, max = 100_000) Integer> samples,
            @ForAll @IntRange(min = 1, max = 50_000) int more, @ForAll boolean another) {
        long[] lengths = samples.stream().mapToLong(Integer::longValue).toArray();
        long[] larger = another ? Arrays.copyOf(lengths, lengths.length + 1) : lengths.clone();
        larger[larger.length - 1] += more;
        BatchShape smaller = bucket(BatchLayout.ofWaveforms(TestModels.FRONTEND, lengths).shape());
        BatchShape bucket = bucket(BatchLayout.ofWaveforms(TestModels.FRONTEND, larger).shape());
        assertThat(bucket.batch()).isGreaterThanOrEqualTo(smaller.batch());
        assertThat(bucket.samples()).isGreaterThanOrEqualTo(smaller.samples());
        assertThat(bucket.fbankRows()).isGreaterThanOrEqualTo(smaller.fbankRows());
        assertThat(bucket.frames()).isGreaterThanOrEqualTo(smaller.frames());
    }

    /** Every length of one utterance up to half a minute, to a hundredth of a second. */
    @Test
    void singleUtterancesHaveFewBuckets() {
        Set<BatchShape> buckets = new HashSet<>();
        for (long samples = 1600; samples <= 480_000; samples += 160) {
            buckets.add(bucket(BatchLayout.ofWaveforms(TestModels.FRONTEND, samples).shape()));
        }
        System.out.println("utterances of 0.1 to 30 s alone: " + buckets.size() + " buckets");
        assertThat(buckets).hasSizeLessThanOrEqualTo(64);
    }

    @Test
    void featuresHaveBucketsToo() {
        assertThat(bucket(BatchLayout.ofFeatures(3, 4, 1).shape())).isEqualTo(new BatchShape(4, 0, 0, 8));
        assertThat(bucket(BatchLayout.ofFeatures(1, 1, 1, 1, 1, 1, 1, 1, 1).shape())).isEqualTo(new BatchShape(16, 0, 0, 16));
    }
}

package dev.parasol.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.weights.ModelConfig;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanCacheTest {
    private static final ModelConfig CONFIG = TestModels.model(128, 4, 200, 1, 1);

    private final List<PlanCache.Key> made = new ArrayList<>();

    private ForwardPlan make(PlanCache.Key key) {
        made.add(key);
        return ForwardPlan.of(CONFIG, 57, Precision.FP16, key.bucket(), key.logProbs());
    }

    private static PlanCache.Key key(int frames) {
        return new PlanCache.Key(new BatchShape(1, 0, 0, frames), false);
    }

    @Test
    void aPlanIsMadeOnceAndStaysTheSameObject() {
        try (PlanCache cache = new PlanCache(this::make)) {
            ForwardPlan plan = cache.get(key(8));
            assertThat(cache.get(key(8))).isSameAs(plan);
            assertThat(cache.get(new PlanCache.Key(key(8).bucket(), true))).isNotSameAs(plan);
            assertThat(made).hasSize(2);
            assertThat(cache.swaps()).isZero();
        }
    }

    @Test
    void whatWasNotAskedForLongestIsForgotten() {
        try (PlanCache cache = new PlanCache(this::make)) {
            ForwardPlan first = cache.get(key(1));
            for (int frames = 2; frames <= 64; frames++) {
                cache.get(key(frames));
            }
            assertThat(cache.get(key(1))).isSameAs(first);
            cache.get(key(65));
            assertThat(cache.size()).isEqualTo(64);
            assertThat(cache.get(key(1))).isSameAs(first);
            assertThat(made).hasSize(65);
            cache.get(key(2));
            assertThat(made).as("the eldest had to go").hasSize(66);
            cache.clear();
            assertThat(cache.size()).isZero();
            assertThat(cache.get(key(1))).isNotSameAs(first);
        }
    }
}

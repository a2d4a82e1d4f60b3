package dev.parasol.bench.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.parasol.bench.result.Ceilings;
import dev.parasol.weights.ModelConfig;
import dev.parasol.weights.ModelFolder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AccountingTest {
    private static final int VOCABULARY = 8404;
    private static final ModelConfig LARGE = ModelFolder.open("synth:paraformer-large").config();

    /** Utterances of ten seconds with five tokens a second. */
    private static Accounting pass(int utterances) {
        int[] frames = new int[utterances];
        int[] tokens = new int[utterances];
        Arrays.fill(frames, 167);
        Arrays.fill(tokens, 50);
        return new Accounting(LARGE, VOCABULARY, frames, tokens);
    }

    @Test
    void paraformerLargeDoesSixPointThreeGigaflopsForASecondOfAudio() {
        assertThat(pass(30).flops() / 300 / 1e9).isCloseTo(6.3, within(0.1));
        assertThat(pass(1).flops() / 10 / 1e9).isCloseTo(6.3, within(0.1));
    }

    @Test
    void anEncoderLayerIsItsProductsAndItsAttention() {
        double r = 30 * 167;
        Work layer = pass(30).byLayer().get("encoder 7");
        double products = 2 * r * 512 * (1536 + 512 + 2048 + 2048);
        double attention = 30 * 4.0 * 167 * 167 * 512;
        assertThat(layer.flops()).isBetween(products + attention, 1.01 * (products + attention));
        double weights = 2.0 * 512 * (1536 + 512 + 2048 + 2048);
        assertThat(layer.weightBytes()).isBetween(weights, 1.02 * weights);
        assertThat(layer.bytes()).isGreaterThan(layer.weightBytes() + 2 * 4 * r * 512);
    }

    @Test
    void allWeightsAreReadOnce() {
        double weights = pass(1).steps().stream().mapToDouble(Work::weightBytes).sum();
        // 221 million weights in half precision, vectors in full.
        assertThat(weights / 2).isBetween(2.1e8, 2.3e8);
        assertThat(pass(30).steps().stream().mapToDouble(Work::weightBytes).sum()).isEqualTo(weights);
    }

    @Test
    void theIdealMovesLessThanTheSteps() {
        Accounting accounting = pass(30);
        assertThat(accounting.idealBytes()).isLessThan(accounting.bytes());
        assertThat(accounting.idealByLayer().keySet()).isEqualTo(accounting.byLayer().keySet());
        accounting.idealByLayer().forEach((layer, bytes) -> assertThat(bytes).as(layer).isLessThanOrEqualTo(accounting.byLayer().get(layer).bytes()));
        Ceilings h200 = new Ceilings(4.3e12, 780e12, "cuBLAS");
        assertThat(accounting.floorMicros(h200)).isLessThan(accounting.stepFloorMicros(h200));
        // 124,000 times real time
        assertThat(300 / (accounting.floorMicros(h200) * 1e-6)).isBetween(115_000.0, 130_000.0);
    }

    @Test
    void workAddsUpOverLayers() {
        Accounting accounting = pass(2);
        assertThat(accounting.byLayer().values().stream().mapToDouble(Work::flops).sum()).isCloseTo(accounting.flops(), within(1.0));
        assertThat(accounting.byLayer()).hasSize(1 + 50 + 1 + 17 + 1);
    }
}

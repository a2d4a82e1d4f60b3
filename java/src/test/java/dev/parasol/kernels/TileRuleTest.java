package dev.parasol.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.cuda.DeviceProperties;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TileRuleTest {
    private static final int KIB = 1024;

    static DeviceProperties device(int multiprocessors, int sharedKib) {
        return new DeviceProperties("test", 1L << 34, 8, 0, multiprocessors, 1024, 48 * KIB, (sharedKib - 1) * KIB, sharedKib * KIB, true, 12000);
    }

    private static String choice(DeviceProperties device, int m, int n, int k) {
        TileRule rule = new TileRule(Gemm.F16_TILES, device);
        return rule.tiles().get(rule.choose(m, n, k)).name();
    }

    @Test
    void fewRowsTakeSmallTilesAndManyTakeLargeOnes() {
        DeviceProperties a100 = device(108, 164);
        assertThat(choice(a100, 1, 8404, 512)).isEqualTo("16x128");
        assertThat(choice(a100, 17, 512, 2048)).isEqualTo("32x64");
        assertThat(choice(a100, 167, 512, 512)).isEqualTo("32x64");
        assertThat(choice(a100, 20000, 2048, 512)).isEqualTo("128x256");
        assertThat(choice(device(16, 164), 167, 2048, 512)).as("a small device is full with fewer blocks").isNotEqualTo(choice(a100, 167, 2048, 512));
    }

    @Test
    void ringsAreAsDeepAsTheSharedMemory() {
        GemmTile large = GemmTile.f16(128, 256, 64, 64);
        GemmTile square = GemmTile.f16(128, 128, 64, 64);
        assertThat(large.stages(device(84, 100))).as("sm_86, sm_89").isEqualTo(2);
        assertThat(large.stages(device(108, 164))).as("sm_80").isEqualTo(3);
        assertThat(large.stages(device(132, 228))).as("sm_90").isEqualTo(4);
        assertThat(square.resident(device(84, 100))).isEqualTo(1);
        assertThat(square.stages(device(84, 100))).isEqualTo(3);
        assertThat(square.resident(device(132, 228))).isEqualTo(2);
        assertThat(square.stages(device(132, 228))).isEqualTo(3);
        assertThat(GemmTile.f16(32, 64, 16, 32).stages(device(132, 228))).isEqualTo(8);
    }

    @Test
    void tilesThatDoNotFitAreLeftOut() {
        assertThat(new TileRule(Gemm.F16_TILES, device(40, 64)).tiles()).extracting(GemmTile::name).containsExactly("16x128", "32x64", "64x64", "64x128");
        assertThatThrownBy(() -> new TileRule(Gemm.F16_TILES, device(40, 8))).isInstanceOf(IllegalStateException.class).hasMessageContaining("no tile");
    }

    /** What is chosen fits, whatever the shape and the device. */
    @Property(tries = 300)
    void theChoiceFits(@ForAll @IntRange(min = 1, max = 20000) int m, @ForAll @IntRange(min = 1, max = 9000) int n, @ForAll @IntRange(min = 1, max = 64) int slices,
            @ForAll @IntRange(min = 1, max = 200) int multiprocessors, @ForAll @IntRange(min = 96, max = 256) int sharedKib) {
        DeviceProperties device = device(multiprocessors, sharedKib);
        TileRule rule = new TileRule(Gemm.F16_TILES, device);
        int index = rule.choose(m, n, 64 * slices);
        GemmTile tile = rule.tiles().get(index);
        assertThat(rule.stages(index)).isBetween(GemmTile.MIN_STAGES, tile.maxStages());
        assertThat(rule.stages(index) * tile.stageBytes()).isLessThanOrEqualTo(device.sharedMemoryPerBlockOptIn());
    }
}

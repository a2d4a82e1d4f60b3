package dev.parasol.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.parasol.memory.MemoryReport;
import dev.parasol.weights.ModelConfig;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ForwardPlanTest {
    private static final double[] FIVE_MINUTES = new double[20];

    static {
        Arrays.fill(FIVE_MINUTES, 15);
    }

    @Property(tries = 60)
    void buffersThatLiveTogetherAreApart(@ForAll @Size(min = 1, max = 6) List<@IntRange(min = 1, max = 200_000) Integer> samples,
            @ForAll Precision precision, @ForAll boolean logProbs, @ForAll @IntRange(min = 1, max = 300) int units) {
        BatchShape shape = BatchLayout.ofWaveforms(TestModels.FRONTEND, samples.stream().mapToLong(Integer::longValue).toArray()).shape();
        ForwardPlan plan = ForwardPlan.of(TestModels.model(128, 4, units, 3, 2), 57, precision, shape, logProbs);
        for (PlannedBuffer a : plan.buffers()) {
            assertThat(plan.offset(a) % 256).isZero();
            assertThat(plan.offset(a) + a.bytes()).isLessThanOrEqualTo(plan.peakBytes());
            for (PlannedBuffer b : plan.buffers()) {
                boolean together = a != b && a.firstStep() <= b.lastStep() && b.firstStep() <= a.lastStep();
                boolean overlap = plan.offset(a) < plan.offset(b) + b.bytes() && plan.offset(b) < plan.offset(a) + a.bytes();
                assertThat(together && overlap).as("%s and %s", a, b).isFalse();
            }
        }
    }

    @Test
    void everyBufferIsTouchedWithinItsLifetimeOnly() {
        ForwardPlan plan = ForwardPlan.of(TestModels.model(128, 4, 200, 3, 2), 57, Precision.FP16, TestModels.seconds(1, 2), true);
        for (PlannedBuffer buffer : plan.buffers()) {
            assertThat(buffer.firstStep()).as("%s", buffer).isNotNegative();
            assertThat(plan.steps().get(buffer.lastStep()).touched()).contains(buffer);
        }
    }

    @Test
    void stepsDoNotDependOnTheBatch() {
        ModelConfig config = TestModels.large();
        ForwardPlan alone = ForwardPlan.of(config, TestModels.VOCABULARY, Precision.FP16, TestModels.seconds(3), false);
        ForwardPlan many = ForwardPlan.of(config, TestModels.VOCABULARY, Precision.FP16, TestModels.seconds(FIVE_MINUTES), false);
        assertThat(many.stepCount()).isEqualTo(alone.stepCount());
    }

    @Test
    void peakGrowsWithTheAudio() {
        ModelConfig config = TestModels.large();
        long before = 0;
        for (double seconds : new double[] {0.01, 0.1, 1, 10, 100, 3600}) {
            long peak = ForwardPlan.of(config, TestModels.VOCABULARY, Precision.FP16, TestModels.seconds(seconds), false).peakBytes();
            assertThat(peak).isGreaterThan(before);
            before = peak;
        }
    }

    /** The activations of the largest usual batch: next to 432 MB of weights there is room for 58 MB within 490 MB. */
    @ParameterizedTest
    @EnumSource(value = Precision.class, names = {"FP32", "FP16"})
    void fiveMinutesOfParaformerLargeTakeTheLeastThatIsPossible(Precision precision) {
        ForwardPlan plan = ForwardPlan.of(TestModels.large(), TestModels.VOCABULARY, precision, TestModels.seconds(FIVE_MINUTES), false);
        System.out.printf("paraformer-large, 300 s packed, %s: peak %d bytes, lower bound %d, %d buffers, %d steps; at the peak (%s): %s%n", precision,
                plan.peakBytes(), plan.lowerBound(), plan.buffers().size(), plan.stepCount(), plan.stepName(plan.peakStep()), plan.holders());
        assertThat(plan.holders().stream().mapToLong(MemoryReport.Holder::bytes).sum()).isBetween(plan.lowerBound() - 256 * 8, plan.lowerBound());
        assertThat((double) plan.peakBytes()).isLessThanOrEqualTo(1.01 * plan.lowerBound());
        assertThat(plan.peakBytes()).isLessThan(precision == Precision.FP16 ? 58_000_000 : 116_000_000);
    }

    @Test
    void paddingThatNoKernelWritesIsCleared() {
        assertThat(stepNames(200)).contains("encoder.encoders0.0.feed_forward.inner padding");
        assertThat(stepNames(192)).noneMatch(name -> name.contains("padding"));
    }

    private static List<String> stepNames(int units) {
        ForwardPlan plan = ForwardPlan.of(TestModels.model(128, 4, units, 2, 1), 57, Precision.FP16, TestModels.seconds(1), false);
        return plan.steps().stream().map(PlannedStep::name).toList();
    }

    @Test
    void aStageMustBeTouchedByItsStep() {
        PlanBuilder plan = new PlanBuilder(TestModels.seconds(1), Precision.FP32.schemes());
        PlannedBuffer buffer = plan.factor("x", 3, 4);
        assertThatIllegalArgumentException().isThrownBy(() -> plan.stage("x", buffer, Rows.FRAMES)).withMessageContaining("upload does not touch");
    }
}

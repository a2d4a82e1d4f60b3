package dev.parasol.bench.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.bench.Report;
import dev.parasol.bench.Scratch;
import dev.parasol.cuda.DeviceSpec;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The probes on the software device, and that the comparison sees one wrong word. */
class WrapperCheckTest {
    private static Map<String, int[]> outputs(long seed) {
        try (Scratch scratch = new Scratch(DeviceSpec.select("soft:0"))) {
            return new WrapperProbes(scratch, seed).outputs();
        }
    }

    private static boolean agrees(String wrapper, int[] twin, int[] ours) {
        Report report = new Report(new PrintStream(PrintStream.nullOutputStream()));
        WrapperCheck.compare(wrapper, wrapper, Arrays.stream(twin).asLongStream().toArray(), ours, report);
        return report.good();
    }

    @Test
    void aSeedGivesTheSameInputAndAnotherADifferentOne() {
        Map<String, int[]> first = outputs(1);
        Map<String, int[]> again = outputs(1);
        Map<String, int[]> other = outputs(2);
        first.forEach((wrapper, words) -> {
            assertThat(words).as(wrapper).isEqualTo(again.get(wrapper)).isNotEqualTo(other.get(wrapper));
            assertThat(agrees(wrapper, words, again.get(wrapper))).as(wrapper).isTrue();
        });
    }

    @Test
    void oneWrongWordFails() {
        outputs(3).forEach((wrapper, words) -> {
            int[] spoiled = words.clone();
            spoiled[words.length / 2] ^= 1 << 20;
            assertThat(agrees(wrapper, words, spoiled)).as(wrapper).isFalse();
            assertThat(agrees(wrapper, words, Arrays.copyOf(words, words.length - 1))).as(wrapper + ", too short").isFalse();
        });
    }
}

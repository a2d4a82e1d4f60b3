package dev.parasol.tools.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.tools.data.DataException;
import dev.parasol.weights.LinearScheme;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SchemeChoiceTest {
    private static final List<LinearScheme> ALL = List.of(LinearScheme.INT8_DYNAMIC, LinearScheme.INT8_WEIGHTS, LinearScheme.FP16);

    private static Candidate candidate(String name, int size, double dynamic, double weights, double half) {
        return new Candidate(new Linear(name, size, 16), Map.of(LinearScheme.INT8_DYNAMIC, dynamic, LinearScheme.INT8_WEIGHTS, weights, LinearScheme.FP16, half));
    }

    private static List<Candidate> three() {
        return List.of(candidate("a", 100, 1e-3, 1e-4, 1e-8), candidate("b", 100, 1e-2, 1e-3, 1e-8), candidate("c", 1000, 1e-5, 1e-6, 1e-8));
    }

    private static LinearScheme scheme(Map<Linear, LinearScheme> schemes, String name) {
        return schemes.entrySet().stream().filter(e -> e.getKey().name().equals(name)).findFirst().orElseThrow().getValue();
    }

    @Test
    void theFirstSchemeThatIsGoodEnough() {
        Map<Linear, LinearScheme> schemes = new SchemeChoice(three(), ALL).withDamage(5e-4);
        assertThat(scheme(schemes, "a")).isEqualTo(LinearScheme.INT8_WEIGHTS);
        assertThat(scheme(schemes, "b")).isEqualTo(LinearScheme.FP16);
        assertThat(scheme(schemes, "c")).isEqualTo(LinearScheme.INT8_DYNAMIC);
    }

    @Test
    void whereNothingIsGoodEnoughTheLeastDamage() {
        assertThat(new SchemeChoice(three(), ALL).withDamage(1e-12).values()).containsOnly(LinearScheme.FP16);
    }

    @Test
    void bytesAreSavedWhereTheyCostLeast() {
        long all = three().stream().mapToLong(c -> c.bytes(LinearScheme.FP16)).sum();
        Map<Linear, LinearScheme> schemes = new SchemeChoice(three(), ALL).withBytes(all - 1);
        assertThat(scheme(schemes, "c")).isEqualTo(LinearScheme.INT8_WEIGHTS);
        assertThat(scheme(schemes, "a")).isEqualTo(LinearScheme.FP16);
        assertThat(scheme(schemes, "b")).isEqualTo(LinearScheme.FP16);
        assertThatThrownBy(() -> new SchemeChoice(three(), ALL).withBytes(10)).isInstanceOf(DataException.class).hasMessageContaining("10");
    }

    @Property(tries = 100)
    void whatWasSavedIsEnoughAndNoStepTooMuch(@ForAll @Size(min = 1, max = 12) List<@IntRange(min = 1, max = 500) Integer> sizes, @ForAll @IntRange(max = 100) int percent) {
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < sizes.size(); i++) {
            candidates.add(candidate("l" + i, sizes.get(i), 1e-2 / (i + 1), 1e-3 / (i + 1), 1e-9));
        }
        long least = candidates.stream().mapToLong(c -> c.bytes(LinearScheme.INT8_WEIGHTS)).sum();
        long most = candidates.stream().mapToLong(c -> c.bytes(LinearScheme.FP16)).sum();
        long budget = least + (most - least) * percent / 100;
        Map<Linear, LinearScheme> schemes = new SchemeChoice(candidates, ALL).withBytes(budget);
        long bytes = candidates.stream().mapToLong(c -> c.bytes(schemes.get(c.linear()))).sum();
        assertThat(bytes).isLessThanOrEqualTo(budget);
        // The change that was made last took the least damaged bytes of what was left, so taking all of them back is too much.
        long largest = candidates.stream().filter(c -> schemes.get(c.linear()) != LinearScheme.FP16)
                .mapToLong(c -> c.bytes(LinearScheme.FP16) - c.bytes(LinearScheme.INT8_WEIGHTS)).max().orElse(0);
        assertThat(bytes + largest).isGreaterThanOrEqualTo(Math.min(budget, most));
    }

    @Test
    void asFewMovesAsTheErrorAllows() {
        List<Map<Linear, LinearScheme>> asked = new ArrayList<>();
        Map<Linear, LinearScheme> schemes = new SchemeChoice(three(), ALL).until(tried -> {
            asked.add(tried);
            return scheme(tried, "b") != LinearScheme.INT8_DYNAMIC && scheme(tried, "a") != LinearScheme.INT8_DYNAMIC;
        });
        assertThat(scheme(schemes, "a")).isEqualTo(LinearScheme.INT8_WEIGHTS);
        assertThat(scheme(schemes, "c")).isEqualTo(LinearScheme.INT8_DYNAMIC);
        assertThat(asked).hasSizeLessThanOrEqualTo(6);
        assertThatThrownBy(() -> new SchemeChoice(three(), ALL).until(tried -> false)).isInstanceOf(DataException.class);
    }
}

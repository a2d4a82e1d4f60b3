package dev.parasol.tools.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HarderSetsTest {
    private static final TestSet BASE = base();

    private static TestSet base() {
        List<Speech> speech = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            float[] samples = new float[8000 + 1000 * i];
            for (int t = 0; t < samples.length; t++) {
                samples[t] = (float) (0.1 * Math.sin(2 * Math.PI * (300 + 100 * i) * t / 16000));
            }
            speech.add(new Speech("u" + i, samples, "word" + i));
        }
        return new TestSet("base", speech);
    }

    private static TestSet make(String condition) {
        return new HarderSets(BASE, 1).make(condition);
    }

    @Test
    void disturbancesHaveTheirLevel() {
        for (String condition : new String[] {"noise-10", "babble-5"}) {
            TestSet made = make(condition);
            double wanted = Double.parseDouble(condition.split("-")[1]);
            for (int i = 0; i < 4; i++) {
                float[] clean = BASE.speech().get(i).samples();
                float[] other = made.speech().get(i).samples();
                double signal = 0;
                double noise = 0;
                for (int t = 0; t < clean.length; t++) {
                    signal += clean[t] * clean[t];
                    noise += Math.pow(other[t] - clean[t], 2);
                }
                assertThat(10 * Math.log10(signal / noise)).as(condition).isCloseTo(wanted, within(0.01));
                assertThat(made.speech().get(i).text()).isEqualTo("word" + i);
            }
        }
    }

    @Test
    void fasterIsShorterAndHigher() {
        float[] made = make("speed-1.25").speech().get(0).samples();
        assertThat(made).hasSize(6400);
        for (int t = 200; t < 6200; t++) {
            assertThat(made[t]).isCloseTo((float) (0.1 * Math.sin(2 * Math.PI * 375 * t / 16000)), within(1e-3f));
        }
    }

    @Test
    void chainsHaveTheTextOfTheirParts() {
        Speech first = make("chain-3").speech().get(0);
        String[] words = first.text().split(" ");
        assertThat(words).hasSize(3).startsWith("word0");
        int length = 0;
        for (String word : words) {
            length += BASE.speech().get(word.charAt(4) - '0').samples().length;
        }
        assertThat(first.samples()).hasSize(length);
    }

    @Test
    void theSameFromRunToRun() {
        assertThat(make("noise-3").speech().get(2).samples()).isEqualTo(make("noise-3").speech().get(2).samples());
        assertThat(make("noise-3").speech().get(2).samples()).isNotEqualTo(new HarderSets(BASE, 2).make("noise-3").speech().get(2).samples());
    }

    @Test
    void unknownConditionsAreNamed() {
        for (String wrong : new String[] {"noise", "noise-x", "speed-0", "speed--1", "chain-1.5", "wind-3", "noise-NaN", "chain-1e9", ""}) {
            assertThatThrownBy(() -> make(wrong)).as(wrong).isInstanceOf(DataException.class).hasMessageContaining("'" + wrong + "'");
        }
    }
}

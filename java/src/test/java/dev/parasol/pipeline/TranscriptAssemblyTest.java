package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.weights.Vocabulary;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Without times; those are looked at where models give them. */
class TranscriptAssemblyTest {
    private static final List<String> TOKENS = List.of("<blank>", "<s>", "</s>", "one", "thir@@", "teen", "你", "好");
    private static final int ONE = 3;
    private static final int THIR = 4;
    private static final int TEEN = 5;
    private static final int YOU = 6;
    private static final int GOOD = 7;

    private final TranscriptAssembly assembly = new TranscriptAssembly(new TokenText(new Vocabulary(TOKENS)), true);

    private void add(long start, boolean continues, int... ids) {
        assertThat(assembly.add(new PiecePlace(start, start + 1000, 0, 0, continues), new Found(ids, null, 0.25))).hasSize(1);
    }

    @Test
    void textsAreJoinedByBlanksAndWhatSaysNothingLeavesNoTrace() {
        add(0, false, ONE, Vocabulary.END);
        add(2000, false);
        add(4000, false, Vocabulary.BLANK);
        add(6000, false, YOU, GOOD);
        add(8000, false, YOU);
        Transcript transcript = assembly.transcript(9, 1, List.of("cut short"));
        assertThat(transcript.text()).isEqualTo("one 你好 你");
        assertThat(transcript.tokens()).containsExactly(ONE, YOU, GOOD, YOU);
        assertThat(transcript.segments()).extracting(TranscriptSegment::text).containsExactly("one", "", "", "你好", "你");
        assertThat(transcript.segments()).extracting(TranscriptSegment::startMs).containsExactly(0L, 2000L, 4000L, 6000L, 8000L);
        assertThat(transcript.elapsedSeconds()).isEqualTo(1 + 5 * 0.25);
        assertThat(transcript.seconds()).isEqualTo(9);
        assertThat(transcript.warnings()).containsExactly("cut short");
    }

    @Test
    void whatWasDividedIsOneTextAgain() {
        add(0, false, YOU);
        add(1000, true, GOOD, ONE, THIR);
        add(2000, true, TEEN);
        add(3000, false, ONE);
        assertThat(assembly.transcript(4, 0, List.of()).text()).isEqualTo("你好one thirteen one");
    }

    @Test
    void nothingFoundIsAnEmptyText() {
        assertThat(assembly.transcript(3, 0, List.of()).text()).isEmpty();
    }
}

package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class WindowPiecesTest {
    private static final int RATE = 16_000;

    private static List<SpeechPiece> pieces(float[] samples, long threshold, int block) {
        WindowPieces source = new WindowPieces(threshold, Optional.empty());
        List<SpeechPiece> pieces = new ArrayList<>();
        for (int from = 0; from < samples.length; from += block) {
            int count = Math.min(block, samples.length - from);
            pieces.addAll(source.accept(Arrays.copyOfRange(samples, from, from + count), count));
        }
        pieces.addAll(source.finish());
        return pieces;
    }

    private static float[] noise(Random random, double seconds, double loudness) {
        float[] samples = new float[(int) (seconds * RATE)];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) (loudness * random.nextGaussian());
        }
        return samples;
    }

    private static void fill(float[] samples, double from, double to, float value) {
        Arrays.fill(samples, (int) (from * RATE), (int) (to * RATE), value);
    }

    @Test
    void whatIsNotLongerThanTheThresholdStaysWhole() {
        float[] samples = noise(new Random(1), 5, 0.1);
        fill(samples, 2, 3, 0);
        List<SpeechPiece> pieces = pieces(samples, 5000, 700);
        assertThat(pieces).hasSize(1);
        assertThat(pieces.get(0).samples()).isEqualTo(samples);
        assertThat(pieces(new float[0], 5000, 1)).isEmpty();
    }

    @Test
    void longPausesDivide() {
        float[] samples = noise(new Random(2), 20, 0.1);
        fill(samples, 4, 5, 0);
        fill(samples, 11, 12, 0);
        List<SpeechPiece> pieces = pieces(samples, 10_000, 16_000);
        assertThat(pieces).extracting(piece -> piece.place().endMs()).as(pieces.stream().map(SpeechPiece::place).toList().toString()).hasSize(3).satisfies(ends -> {
            assertThat(ends.get(0)).isBetween(4500L, 5000L);
            assertThat(ends.get(1)).isBetween(11_500L, 12_000L);
        });
        assertThat(pieces).allMatch(piece -> piece.place().beforeMs() == 0 && piece.place().afterMs() == 0);
    }

    @Test
    void withoutPausesWindowsOverlap() {
        List<SpeechPiece> pieces = pieces(noise(new Random(3), 30, 0.1), 10_000, 16_000);
        assertThat(pieces).hasSizeGreaterThan(3);
        for (int i = 1; i < pieces.size(); i++) {
            assertThat(pieces.get(i).place().beforeMs()).isEqualTo(pieces.get(i - 1).place().afterMs()).isPositive();
            assertThat(pieces.get(i).place().continues()).isTrue();
        }
    }

    @Property(tries = 60)
    void piecesCoverTheRecordingWhateverTheBlocks(@ForAll long seed, @ForAll @IntRange(min = 1000, max = 7000) int threshold,
            @ForAll @IntRange(min = 1, max = 100_000) int block, @ForAll @IntRange(min = 0, max = 300_000) int length) {
        Random random = new Random(seed);
        float[] samples = noise(random, (double) length / RATE, 0.1);
        for (int i = random.nextInt(5); i > 0 && length > 0; i--) {
            int from = random.nextInt(length);
            Arrays.fill(samples, from, Math.min(length, from + random.nextInt(RATE)), 0);
        }
        List<SpeechPiece> pieces = pieces(samples, threshold, Math.max(1, block));
        long at = 0;
        for (SpeechPiece piece : pieces) {
            PiecePlace place = piece.place();
            assertThat(place.startMs()).isEqualTo(at);
            assertThat(piece.samples().length).isLessThanOrEqualTo(threshold * SpeechPiece.PER_MS);
            int from = (int) (place.heardFromMs() * SpeechPiece.PER_MS);
            assertThat(piece.samples()).isEqualTo(Arrays.copyOfRange(samples, from, from + piece.samples().length));
            assertThat(from + piece.samples().length).isEqualTo((int) Math.min(length, (place.endMs() + place.afterMs()) * SpeechPiece.PER_MS));
            at = place.endMs();
        }
        assertThat(at).isEqualTo((length + SpeechPiece.PER_MS - 1) / SpeechPiece.PER_MS);
        assertThat(pieces.stream().map(SpeechPiece::place).toList()).isEqualTo(pieces(samples, threshold, 16_000).stream().map(SpeechPiece::place).toList());
    }
}

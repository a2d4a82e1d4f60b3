package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.model.CifTrace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final Map<String, String> SETTINGS = Map.of("precision", "fp16", "vad_model", "fsmn-vad 1 2");

    @TempDir
    Path folder;
    private Path path;
    private List<Path> files;

    @BeforeEach
    void recordings() throws IOException {
        path = folder.resolve("run.journal");
        files = List.of(Files.writeString(folder.resolve("a.wav"), "some"), Files.writeString(folder.resolve("b.wav"), "thing"), folder.resolve("missing.wav"));
    }

    private static PiecePlace place(int piece) {
        return new PiecePlace(1000L * piece, 1000L * piece + 900, piece, 0, piece % 2 == 1);
    }

    private static Found found(int piece) {
        Random random = new Random(piece);
        float[] weights = new float[piece];
        float[] peaks = new float[piece];
        for (int i = 0; i < piece; i++) {
            weights[i] = random.nextFloat();
            peaks[i] = (float) random.nextGaussian();
        }
        return new Found(random.ints(piece, 0, 8404).toArray(), piece % 3 == 0 ? null : new CifTrace(weights, piece % 3 == 1 ? peaks : null, piece % 3), random.nextDouble());
    }

    private static SourceState before(int piece) {
        return SourceState.of(new VadState(piece, piece + 1, new EndpointState(piece + 2, 3, 4, 650, 0.6, -31.4159 / piece, "0101"), 60_000, true, 2, false),
                new SourceState.Merger(100, 200, new Segment(1, 2), new Segment(0, 1)));
    }

    private static void assertSame(Found actual, Found expected) {
        assertThat(actual.ids()).isEqualTo(expected.ids());
        assertThat(actual.elapsedSeconds()).isEqualTo(expected.elapsedSeconds());
        assertThat(actual.trace() == null).isEqualTo(expected.trace() == null);
        if (expected.trace() != null) {
            assertThat(actual.trace().weights()).isEqualTo(expected.trace().weights());
            assertThat(actual.trace().peaks()).isEqualTo(expected.trace().peaks());
            assertThat(actual.trace().perFrame()).isEqualTo(expected.trace().perFrame());
        }
    }

    /** Pieces of two recordings by turns, from those that are known on. */
    private void write(Journal journal, int count) {
        for (int piece = 0; piece < count; piece++) {
            journal.recording(0).add(place(piece), found(piece), piece % 4 == 2 ? before(piece) : null);
            journal.recording(1).add(place(piece + 100), found(piece + 100), null);
        }
    }

    @Test
    void whatWasFoundComesBackToTheBit() {
        try (Journal journal = Journal.begin(path, SETTINGS, files)) {
            write(journal, 20);
        }
        try (Journal journal = Journal.resume(path, SETTINGS, files)) {
            assertThat(journal.knownSegments()).isEqualTo(40);
            assertThat(journal.knownSeconds()).isEqualTo(19.9 + 119.9);
            for (int piece = 0; piece < 20; piece++) {
                assertSame(journal.recording(0).known(piece, place(piece)).orElseThrow(), found(piece));
                assertSame(journal.recording(1).known(piece, place(piece + 100)).orElseThrow(), found(piece + 100));
            }
            assertThat(journal.recording(0).start()).isEqualTo(18);
            assertThat(journal.recording(0).startState()).contains(before(18));
            assertThat(journal.recording(1).startState()).isEmpty();
            assertThat(journal.recording(0).known(20, place(20))).isEmpty();
            assertThat(journal.recording(2).known(0, place(0))).isEmpty();
            assertThatThrownBy(() -> journal.recording(0).known(3, place(4))).isInstanceOf(JournalException.class)
                    .hasMessageContaining("from 3000 to 3900 ms where there is one from 4000 to 4900 ms");
            journal.complete();
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void aRunThatWasKilledAnywhereGoesOnToTheSameJournal() throws IOException {
        try (Journal journal = Journal.begin(path, SETTINGS, files)) {
            write(journal, 12);
        }
        byte[] whole = Files.readAllBytes(path);
        Random random = new Random(1);
        for (int i = 0; i < 300; i++) {
            int length = i < 2 ? i : random.nextInt(whole.length + 1);
            byte[] left = Arrays.copyOf(Arrays.copyOf(whole, length), length + (i % 3 == 0 ? 40 : 0));    // with what a disk may hold behind it
            Files.write(path, left);
            int expected = (int) new String(whole, 0, length, StandardCharsets.UTF_8).lines().filter(line -> line.contains("\"piece\"") && line.endsWith("}")).count();
            if (i % 3 == 0 && length < whole.length / 20) {
                continue;    // rubbish within the header is no journal
            }
            try (Journal journal = Journal.resume(path, SETTINGS, files)) {
                assertThat(journal.knownSegments()).isIn(expected, expected - 1);    // without its line's end a line does not count
                write(journal, 12);
            }
            assertThat(Files.readAllBytes(path)).as("killed at %d", length).isEqualTo(whole);
        }
    }

    @Test
    void anotherRunsJournalIsRefusedAndLeftAsItIs() throws IOException {
        try (Journal journal = Journal.begin(path, SETTINGS, files)) {
            write(journal, 2);
        }
        byte[] before = Files.readAllBytes(path);
        assertThatThrownBy(() -> Journal.resume(path, Map.of("precision", "int8", "keep_layers", "0-5", "vad_model", "fsmn-vad 1 2"), files))
                .isInstanceOf(JournalException.class).hasMessageContaining(path.toString())
                .hasMessageContaining("precision was 'fp16' and is 'int8'").hasMessageContaining("keep_layers was not there and is '0-5'")
                .hasMessageNotContaining("vad_model");
        assertThatThrownBy(() -> Journal.resume(path, SETTINGS, files.subList(0, 2))).hasMessageContaining("files was 3 and is 2");
        assertThatThrownBy(() -> Journal.resume(path, SETTINGS, List.of(files.get(0), files.get(0), files.get(2))))
                .hasMessageContaining("recording 2: name was '").hasMessageContaining("bytes was 5 and is 4");
        assertThatThrownBy(() -> Journal.begin(path, SETTINGS, files)).isInstanceOf(JournalException.class).hasMessageContaining("exists already");
        Files.writeString(files.get(1), "anything");
        assertThatThrownBy(() -> Journal.resume(path, SETTINGS, files)).hasMessageContaining("recording 2: bytes was 5 and is 8");
        assertThat(Files.readAllBytes(path)).isEqualTo(before);
    }

    @Test
    void whatIsNoJournalIsRefusedAndLeftAsItIs() throws IOException {
        for (String content : List.of("RIFF....WAVE", "{\"a\":1}\n", "{\"parasol_journal\":2}\n", "\n", "[]\n", "{\"parasol_journal\":1,]", "x".repeat(100))) {
            Files.writeString(path, content);
            assertThatThrownBy(() -> Journal.resume(path, SETTINGS, files)).as(content).isInstanceOf(JournalException.class).hasMessageContaining(path.toString());
            assertThat(Files.readString(path)).isEqualTo(content);
        }
        assertThatThrownBy(() -> Journal.resume(folder, SETTINGS, files)).isInstanceOf(JournalException.class).hasMessageContaining("no regular file");
        assertThatThrownBy(() -> Journal.begin(folder.resolve("no/such/folder"), SETTINGS, files)).isInstanceOf(JournalException.class);
    }

    @Test
    void linesThatMakeNoSenseEndTheJournal() throws IOException {
        try (Journal journal = Journal.begin(path, SETTINGS, files)) {
            write(journal, 2);
        }
        String whole = Files.readString(path);
        String good = whole.lines().filter(line -> line.contains("\"file\":1,\"piece\":1")).findFirst().orElseThrow();
        for (String bad : List.of("{\"file\":7,\"piece\":0}", "{\"file\":-1}", "{}", "{\"file\":1,\"piece\":5}", "{\"file\":1,\"piece\":1}", good.replace("\"ids\":[", "\"ids\":[-1,"),
                good.replace("\"start\":", "\"start\":1e300,\"old\":"), good.replace("\"start\":", "\"start\":99999999999999999999,\"old\":"), good.replaceAll("\"weights\":\"..", "\"weights\":\""),
                good.replace("\"start\"", "\"before_it\":{},\"start\""), good.replace("\"start\"", "\"before_it\":{\"fromSample\":0,\"vad\":null,\"merger\":null,\"window\":{\"startMs\":-1,\"beforeMs\":0}},\"start\""))) {
            Files.writeString(path, whole.replace(good, bad) + good + "\n");
            try (Journal journal = Journal.resume(path, SETTINGS, files)) {
                assertThat(journal.knownSegments()).as(bad).isEqualTo(3);
            }
        }
    }

    @Test
    void oneRunHasItAtATime() {
        try (Journal journal = Journal.begin(path, SETTINGS, files)) {
            assertThatThrownBy(() -> Journal.resume(path, SETTINGS, files)).isInstanceOf(JournalException.class).hasMessageContaining("in use");
            write(journal, 1);
        }
        try (Journal journal = Journal.resume(path, SETTINGS, files)) {
            assertThat(journal.knownSegments()).isEqualTo(2);
        }
    }
}

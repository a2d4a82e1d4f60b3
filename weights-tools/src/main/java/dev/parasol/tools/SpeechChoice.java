package dev.parasol.tools;

import dev.parasol.tools.data.DataException;
import dev.parasol.tools.data.HarderSets;
import dev.parasol.tools.data.Pieces;
import dev.parasol.tools.data.Speech;
import dev.parasol.tools.data.TestSet;
import dev.parasol.tools.data.TestSets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/** The options of commands that measure on recordings. */
final class SpeechChoice {
    /** Of harder sets. */
    private static final long SEED = 1;
    private static final String CALIBRATION_NOISE = "noise-15";
    private static final double LEAST_SECONDS = 0.5;

    @Option(names = "--data", paramLabel = "WAV.SCP", description = "Recordings to measure errors on: lines 'id file'.")
    Path data;

    @Option(names = "--text", paramLabel = "TEXT", description = "What is said in them: lines 'id words'.")
    Path text;

    @Option(
            names = "--calibration",
            paramLabel = "WAV.SCP",
            description = "Recordings, without text, for activations and healing (default: those of --data). Each is used in pieces of at most 8 s,"
                    + " as it is and with noise at 15 dB.")
    Path calibration;

    @Option(
            names = "--harder",
            split = ",",
            paramLabel = "CONDITIONS",
            description = "Harder sets made of --data, such as noise-10,babble-20,speed-0.9,chain-3; errors are counted on these, too.")
    List<String> harder = List.of();

    /** The test sets, the given one first; {@link DataException} without {@code --data} and {@code --text}. */
    List<TestSet> tests() {
        if (data == null || text == null) {
            throw new DataException("errors can be counted on --data with --text only");
        }
        TestSet clean = TestSets.read("clean", data, text);
        List<TestSet> sets = new ArrayList<>(List.of(clean));
        harder.forEach(condition -> sets.add(new HarderSets(clean, SEED).make(condition)));
        return sets;
    }

    /** Recordings for calibration. */
    List<Speech> calibration() {
        if (calibration == null && data == null) {
            throw new DataException("activations are measured on recordings, expected --calibration or --data");
        }
        Path list = calibration == null ? data : calibration;
        TestSet given = new TestSet("calibration", Pieces.of(TestSets.read("calibration", list, null).speech()));
        if (given.seconds() < LEAST_SECONDS) {
            throw new DataException(String.format(Locale.ROOT, "%s names %.2f s of recordings, expected at least %.1f s for calibration", list, given.seconds(), LEAST_SECONDS));
        }
        List<Speech> speech = new ArrayList<>(given.speech());
        speech.addAll(new HarderSets(given, SEED).make(CALIBRATION_NOISE).speech());
        return speech;
    }
}

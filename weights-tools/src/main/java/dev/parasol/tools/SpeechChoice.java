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
import picocli.CommandLine.Option;

/** The options of commands that measure on recordings. */
final class SpeechChoice {
    /** Of harder sets. */
    private static final long SEED = 1;
    private static final String CALIBRATION_NOISE = "noise-15";

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
            throw new DataException("activations are measured on --calibration or --data");
        }
        TestSet given = new TestSet("calibration", Pieces.of(TestSets.read("calibration", calibration == null ? data : calibration, null).speech()));
        List<Speech> speech = new ArrayList<>(given.speech());
        speech.addAll(new HarderSets(given, SEED).make(CALIBRATION_NOISE).speech());
        return speech;
    }
}

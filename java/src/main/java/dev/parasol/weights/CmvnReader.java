package dev.parasol.weights;

import dev.parasol.files.Shown;
import java.util.StringTokenizer;

/**
 * Reads {@code am.mvn}, Kaldi's text form of a small network: after {@code <AddShift> D D} and {@code <Rescale> D D} one
 * {@code <LearnRateCoef> 0 [ v1 … vD ]} each, D the size of the stacked features.
 */
final class CmvnReader {
    static final int MAX_BYTES = 16 << 20;

    private final String file;
    private final StringTokenizer tokens;

    private CmvnReader(String file, String text) {
        this.file = file;
        this.tokens = new StringTokenizer(text);
    }

    /** The normalisation in {@code text}, which must have {@code size} dimensions. */
    static Cmvn parse(String file, String text, int size) {
        CmvnReader reader = new CmvnReader(file, text);
        float[] shift = reader.vector("<AddShift>", size);
        float[] scale = reader.vector("<Rescale>", size);
        return new Cmvn(shift, scale);
    }

    private float[] vector(String tag, int size) {
        while (!next(tag).equals(tag)) {
            // what stands before the tag (<Nnet>, <Splice> and its frame list) says nothing that is needed
        }
        for (String side : new String[] {"rows", "columns"}) {
            String found = next(tag);
            if (!found.equals(Integer.toString(size))) {
                throw new ModelException(file + ": " + tag + " has " + Shown.of(found) + " " + side + ", expected " + size
                        + " (n_mels * lfr_m of config.yaml)");
            }
        }
        expect(tag, "<LearnRateCoef>");
        next(tag);
        expect(tag, "[");
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = number(tag, i, next(tag), size);
        }
        expect(tag, "]");
        return values;
    }

    private float number(String tag, int index, String token, int size) {
        if (token.equals("]")) {
            throw new ModelException(file + ": " + tag + " ends after " + index + " values, expected " + size);
        }
        float value;
        try {
            value = Float.parseFloat(token);
        } catch (NumberFormatException e) {
            throw new ModelException(file + ": " + tag + " value " + index + " is '" + Shown.of(token) + "', expected a number", e);
        }
        if (!Float.isFinite(value)) {
            throw new ModelException(file + ": " + tag + " value " + index + " is " + Shown.of(token) + ", expected a finite number");
        }
        return value;
    }

    private void expect(String tag, String expected) {
        String found = next(tag);
        if (!found.equals(expected)) {
            throw new ModelException(file + ": '" + Shown.of(found) + "' after " + tag + ", expected '" + expected + "'");
        }
    }

    private String next(String tag) {
        if (!tokens.hasMoreTokens()) {
            throw new ModelException(file + " ends before the values of " + tag);
        }
        return tokens.nextToken();
    }
}

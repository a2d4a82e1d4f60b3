package dev.parasol.tools.prune;

import dev.parasol.tools.data.DataException;
import dev.parasol.tools.data.Speech;
import dev.parasol.tools.run.Bench;
import dev.parasol.tools.tensors.FolderWriter;
import dev.parasol.tools.tensors.HostTensor;
import dev.parasol.weights.ModelFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Something taken from within the layers, which all stay: {@code ffn-N} leaves N feed-forward channels, {@code heads-N} silences N heads,
 * {@code 2-4} makes weights 2:4 sparse.
 */
public record Reduction(Kind kind, int amount) {
    private static final Pattern TEXT = Pattern.compile("(ffn|heads)-(\\d{1,6})");
    private static final String SPARSE = "2-4";

    /** What is taken. */
    public enum Kind {
        FFN,
        HEADS,
        SPARSE
    }

    /** Reads one; {@link DataException} for anything else. */
    public static Reduction parse(String text) {
        if (text.equals(SPARSE)) {
            return new Reduction(Kind.SPARSE, 0);
        }
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new DataException("'" + text + "' is no reduction, expected ffn-CHANNELS, heads-COUNT or 2-4");
        }
        return new Reduction(Kind.valueOf(matcher.group(1).toUpperCase(Locale.ROOT)), Integer.parseInt(matcher.group(2)));
    }

    /** The ways to mend it. Where channels or heads go, their means go into the bias in any case. */
    public List<Healing.Kind> healing() {
        return switch (kind) {
            case FFN -> List.of(Healing.Kind.BIAS, Healing.Kind.RIDGE);
            case HEADS -> List.of(Healing.Kind.BIAS);
            case SPARSE -> List.of(Healing.Kind.values());
        };
    }

    /**
     * Writes the reduced model.
     *
     * @param folder the whole model, of {@code source}
     * @return bytes of the weights
     */
    public long write(Bench bench, ModelFolder folder, Path source, List<Speech> calibration, Healing.Kind healing, Path out) throws IOException {
        Map<String, HostTensor> changed = switch (kind) {
            case FFN -> FfnChannels.prune(bench, folder, List.of(), calibration, amount, healing == Healing.Kind.RIDGE);
            case HEADS -> Heads.silence(bench, folder, List.of(), calibration, amount).tensors();
            case SPARSE -> healing == Healing.Kind.NONE ? Map.of() : TwoFourFit.fit(bench, folder, List.of(), calibration, healing);
        };
        int units = kind == Kind.FFN ? amount : folder.config().encoder().linearUnits();
        return PrunedFolder.write(new FolderWriter(out), folder, source, List.of(), changed, kind == Kind.SPARSE, units, "{}");
    }

    @Override
    public String toString() {
        return kind == Kind.SPARSE ? SPARSE : kind.name().toLowerCase(Locale.ROOT) + "-" + amount;
    }
}

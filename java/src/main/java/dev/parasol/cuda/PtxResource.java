package dev.parasol.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The PTX that the build packed: one text per kernel file, and an index of them. */
final class PtxResource {
    static final String HOW_TO_BUILD = "Install nvcc (the CUDA toolkit), put it on the path, run 'make ptx' and build again.";

    private static final String FOLDER = "/dev/parasol/ptx/";
    private static final Pattern VERSION = Pattern.compile("(?m)^\\.version\\s+(\\d+\\.\\d+)");

    private PtxResource() {
    }

    static boolean anyInThisBuild() {
        return PtxResource.class.getResource(FOLDER + "INDEX") != null;
    }

    /** The PTX of a kernel file such as {@code layer_norm}, or null when the build has none. */
    static String load(String file) {
        return text(FOLDER + file + ".ptx");
    }

    /**
     * The highest {@code .version} among the PTX of this build that a device loads, or null without any.
     *
     * @param warpgroupProducts whether it loads the files for {@code sm_90a} too, which are named {@code *_sm90}
     */
    static String highestVersion(boolean warpgroupProducts) {
        String index = text(FOLDER + "INDEX");
        if (index == null) {
            return null;
        }
        return index.lines().filter(line -> !line.isBlank() && (warpgroupProducts || !line.strip().endsWith("_sm90")))
                .map(line -> version(load(line.strip())))
                .max((a, b) -> Double.compare(Double.parseDouble(a), Double.parseDouble(b)))
                .orElse(null);
    }

    static String version(String ptx) {
        Matcher matcher = VERSION.matcher(ptx);
        if (!matcher.find()) {
            throw new IllegalArgumentException("PTX without a .version line");
        }
        return matcher.group(1);
    }

    /** The size of the one by-value struct that an entry takes, or empty when the text does not say (a stub). */
    static OptionalInt parameterBytes(String ptx, String entry) {
        Matcher matcher = Pattern.compile("\\.entry\\s+" + Pattern.quote(entry)
                + "\\s*\\(\\s*\\.param\\s+(?:\\.align\\s+\\d+\\s+)?\\.b8\\s+\\w+\\[(\\d+)\\]\\s*\\)").matcher(ptx);
        return matcher.find() ? OptionalInt.of(Integer.parseInt(matcher.group(1))) : OptionalInt.empty();
    }

    /** An image that names an entry and nothing else: the software device finds the kernel by it. */
    static String stub(String entry) {
        return "// parasol stub\n.entry " + entry + "\n";
    }

    private static String text(String resource) {
        try (InputStream in = PtxResource.class.getResourceAsStream(resource)) {
            return in == null ? null : new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + resource + " from the build", e);
        }
    }
}

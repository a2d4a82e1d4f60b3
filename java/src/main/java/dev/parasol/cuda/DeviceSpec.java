package dev.parasol.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which device to use: {@code cuda:N} is the N-th NVIDIA GPU, {@code soft:N} the N-th software device.
 *
 * @param kind    GPU or software device; one process uses one kind only
 * @param ordinal the driver's device number, from 0
 */
public record DeviceSpec(Kind kind, int ordinal) {
    /** Environment variable that names the device when none is given explicitly. */
    public static final String VARIABLE = "PARASOL_DEVICE";
    /** System property with the same meaning, asked before the variable. */
    public static final String PROPERTY = "parasol.device";

    private static final Logger LOG = LoggerFactory.getLogger(DeviceSpec.class);
    private static final Pattern SYNTAX = Pattern.compile("(cuda|soft)(?::(\\d{1,4}))?");

    /** The two kinds of device. */
    public enum Kind {
        /** An NVIDIA GPU behind the machine's own driver. */
        CUDA,
        /** The software CUDA device that travels with Parasol. */
        SOFT
    }

    /** {@link IllegalArgumentException} without a kind or with a negative number. */
    public DeviceSpec {
        if (kind == null || ordinal < 0) {
            throw new IllegalArgumentException("A device is a kind and a number from 0, not " + kind + ":" + ordinal);
        }
    }

    /**
     * Reads {@code cuda:N}, {@code soft:N}, {@code cuda} or {@code soft} (number 0), in any case.
     *
     * @throws IllegalArgumentException when the text is anything else
     */
    public static DeviceSpec parse(String text) {
        Matcher matcher = SYNTAX.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no device; it is written cuda:0, cuda:1, ... or soft:0, soft:1, ...");
        }
        Kind kind = matcher.group(1).equals("cuda") ? Kind.CUDA : Kind.SOFT;
        return new DeviceSpec(kind, matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2)));
    }

    /**
     * Reads several devices of one kind, with commas between them.
     *
     * @throws IllegalArgumentException when one is no device, is named twice, or is of another kind than the first
     */
    public static List<DeviceSpec> parseList(String text) {
        List<DeviceSpec> devices = new ArrayList<>();
        for (String name : text.split(",", -1)) {
            DeviceSpec device = parse(name);
            if (devices.contains(device)) {
                throw new IllegalArgumentException("device " + device + " is named twice in '" + text + "'");
            }
            devices.add(device);
            if (device.kind != devices.get(0).kind) {
                throw new IllegalArgumentException("'" + text + "' mixes GPUs and software devices; one process uses one kind");
            }
        }
        return devices;
    }

    /**
     * The device to use: the explicit one, else the system property {@value #PROPERTY}, else the environment
     * variable {@value #VARIABLE}, else what the machine has. Looks at device nodes only and loads no driver.
     *
     * @param explicit a device as for {@link #parse}, or null
     * @throws IllegalArgumentException when the text that decides is no device
     */
    public static DeviceSpec select(String explicit) {
        if (explicit != null) {
            return parse(explicit);
        }
        String named = System.getProperty(PROPERTY, System.getenv(VARIABLE));
        if (named != null && !named.isBlank()) {
            return parse(named);
        }
        return detect(GpuNodes.ofThisMachine().present(), PtxResource.anyInThisBuild());
    }

    /** A GPU is chosen where there is one and the build can run on it. */
    static DeviceSpec detect(boolean gpuPresent, boolean ptxBuilt) {
        if (gpuPresent && !ptxBuilt) {
            LOG.warn("There is an NVIDIA GPU, but this build has no PTX: the software device is used. {}", PtxResource.HOW_TO_BUILD);
        }
        return new DeviceSpec(gpuPresent && ptxBuilt ? Kind.CUDA : Kind.SOFT, 0);
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + ":" + ordinal;
    }
}

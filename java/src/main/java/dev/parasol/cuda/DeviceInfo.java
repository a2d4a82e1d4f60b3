package dev.parasol.cuda;

import java.util.Optional;

/**
 * One line of {@link Devices#list}. Sizes in bytes; what a device that cannot be used has is unknown and 0.
 *
 * @param spec        the device
 * @param name        the driver's name of it, empty when unknown
 * @param totalMemory device memory
 * @param freeMemory  free device memory when it was probed
 * @param capability  compute capability such as {@code 8.0}, empty when unknown
 * @param driver      the driver's CUDA version, and its own where the system tells it; empty when unknown
 * @param problem     why the device cannot be used, or empty
 */
public record DeviceInfo(DeviceSpec spec, String name, long totalMemory, long freeMemory, String capability, String driver, Optional<String> problem) {
    static DeviceInfo unusable(DeviceSpec spec, String problem) {
        return new DeviceInfo(spec, "", 0, 0, "", "", Optional.of(problem));
    }

    /** One line of tab-separated fields, in the record's order. */
    String toLine() {
        return String.join("\t", spec.toString(), clean(name), Long.toString(totalMemory), Long.toString(freeMemory), capability, clean(driver), clean(problem.orElse("")));
    }

    static DeviceInfo fromLine(String line) {
        String[] field = line.split("\t", -1);
        return new DeviceInfo(DeviceSpec.parse(field[0]), field[1], Long.parseLong(field[2]), Long.parseLong(field[3]), field[4], field[5],
                field[6].isEmpty() ? Optional.empty() : Optional.of(field[6]));
    }

    private static String clean(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }
}

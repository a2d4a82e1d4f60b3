package dev.parasol.bench.result;

import dev.parasol.cuda.DeviceSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a result must say besides its numbers; {@code unknown} where it cannot be found out.
 *
 * @param commit of the sources
 * @param driver the GPU driver's version
 * @param clocks clocks, temperature and power as the driver's tool gives them
 */
record Surroundings(String commit, String driver, String clocks) {
    private static final String UNKNOWN = "unknown";
    private static final long SECONDS = 10;

    static Surroundings here(DeviceSpec device) {
        String commit = System.getenv("PARASOL_COMMIT");
        if (commit == null || commit.isBlank()) {
            commit = output(List.of("git", "rev-parse", "--short=12", "HEAD"));
        }
        if (device.kind() == DeviceSpec.Kind.SOFT) {
            return new Surroundings(commit, "none", "none");
        }
        String index = Integer.toString(device.ordinal());
        return new Surroundings(commit, query(index, "driver_version"), query(index, "clocks.sm,clocks.mem,clocks.max.sm,temperature.gpu,power.draw"));
    }

    private static String query(String device, String fields) {
        return output(List.of("nvidia-smi", "--id=" + device, "--query-gpu=" + fields, "--format=csv,noheader"));
    }

    /** The first line that a program prints. */
    private static String output(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return UNKNOWN;
            }
            return process.exitValue() == 0 && !text.isEmpty() ? text.lines().findFirst().orElse(UNKNOWN) : UNKNOWN;
        } catch (IOException e) {
            return UNKNOWN;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return UNKNOWN;
        }
    }
}

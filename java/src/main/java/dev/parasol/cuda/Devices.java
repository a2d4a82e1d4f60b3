package dev.parasol.cuda;

import dev.parasol.files.FileErrors;
import dev.parasol.files.TemporaryFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What devices there are. Asked in child processes, because a process can use one kind of device only. */
public final class Devices {
    private static final long TIMEOUT_SECONDS = 60;
    /** How lines of the software device begin. */
    private static final String SOFT_DEVICE = "softcuda: ";

    private Devices() {
    }

    /**
     * The GPUs, or one line that says why there is none, and the software devices. Starts a Java process for each kind, with
     * this process's class path. Devices that cannot be used come with the reason.
     */
    public static List<DeviceInfo> list() {
        List<DeviceInfo> devices = new ArrayList<>();
        DeviceSpec gpu = new DeviceSpec(DeviceSpec.Kind.CUDA, 0);
        String missing = GpuNodes.ofThisMachine().problem();
        if (missing != null) {
            devices.add(DeviceInfo.unusable(gpu, missing));
        } else {
            devices.addAll(probe(gpu));
        }
        devices.addAll(probe(new DeviceSpec(DeviceSpec.Kind.SOFT, 0)));
        return devices;
    }

    private static List<DeviceInfo> probe(DeviceSpec first) {
        Path output;
        try {
            output = Files.createTempFile("parasol-devices", ".txt");
        } catch (IOException e) {
            return List.of(DeviceInfo.unusable(first, TemporaryFolder.unusable(e)));
        }
        try {
            try {
                return probe(first, output);
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            return List.of(DeviceInfo.unusable(first, "the process that asks the driver cannot be started: " + FileErrors.reason(e)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of(DeviceInfo.unusable(first, "interrupted while asking the driver"));
        }
    }

    private static List<DeviceInfo> probe(DeviceSpec first, Path output) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m", "-Xshare:auto",
                "-Djava.io.tmpdir=" + TemporaryFolder.path(), "-cp", System.getProperty("java.class.path"), DeviceProbe.class.getName(), first.toString())
                .redirectErrorStream(true).redirectOutput(output.toFile()).start();
        process.getOutputStream().close();
        if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            return List.of(DeviceInfo.unusable(first, "the driver did not answer within " + TIMEOUT_SECONDS + " seconds"));
        }
        List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
        List<DeviceInfo> found = lines.stream().filter(line -> line.startsWith(DeviceProbe.MARK))
                .map(line -> DeviceInfo.fromLine(line.substring(DeviceProbe.MARK.length()))).toList();
        if (process.exitValue() != 0 || found.isEmpty()) {
            return List.of(DeviceInfo.unusable(first, "asking the driver ended with exit code " + process.exitValue() + ": " + String.join(" ", lines)));
        }
        return withRemarks(found, lines.stream().filter(line -> line.startsWith(SOFT_DEVICE)).toList());
    }

    /** The software device says on standard error what it does not like, and the driver's code alone would not tell. */
    static List<DeviceInfo> withRemarks(List<DeviceInfo> found, List<String> remarks) {
        if (remarks.isEmpty()) {
            return found;
        }
        String why = " (" + String.join("; ", remarks) + ")";
        return found.stream().map(device -> device.problem().map(problem -> DeviceInfo.unusable(device.spec(), problem + why)).orElse(device)).toList();
    }
}

package dev.parasol.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevicesTest {
    @Test
    void listsTheSoftwareDeviceAndTheGpusOrWhyThereIsNone() {
        List<DeviceInfo> devices = Devices.list();
        assertThat(devices).filteredOn(device -> device.spec().kind() == DeviceSpec.Kind.CUDA).isNotEmpty()
                .allSatisfy(device -> assertThat(device.problem().isPresent() || device.totalMemory() > 0).isTrue());
        DeviceInfo soft = devices.stream().filter(device -> device.spec().equals(DeviceSpec.parse("soft:0"))).findFirst().orElseThrow();
        assertThat(soft.problem()).isEmpty();
        assertThat(soft.name()).isNotBlank();
        assertThat(soft.totalMemory()).isPositive();
        assertThat(soft.freeMemory()).isPositive().isLessThanOrEqualTo(soft.totalMemory());
        assertThat(soft.capability()).matches("\\d+\\.\\d");
        assertThat(soft.driver()).startsWith("CUDA ");
        if (!GpuNodes.ofThisMachine().present()) {
            assertThat(devices.get(0).problem()).contains(GpuNodes.ofThisMachine().problem());
        }
    }

    /** Everything that the process which asks the driver prints, with one more setting. */
    private static String probe(Map<String, String> environment, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), DeviceProbe.class.getName(), "soft:0"));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return printed;
    }

    @Test
    void anUnusableTemporaryFolderIsNamed(@TempDir Path folder) throws IOException, InterruptedException {
        Path missing = folder.resolve("missing");
        assertThat(probe(Map.of(), "-Djava.io.tmpdir=" + missing)).contains("The temporary folder " + missing + " does not exist; another is chosen");
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThat(probe(Map.of(), "-Djava.io.tmpdir=" + file)).contains("The temporary folder " + file + " is not a folder; another is chosen");
    }

    @Test
    void aSettingThatTheSoftwareDeviceRefusesIsShown() throws IOException, InterruptedException {
        assertThat(probe(Map.of("PARASOL_SOFT_THREADS", "junk"))).contains("softcuda: PARASOL_SOFT_THREADS wants a number from 1 to 256, found 'junk'");
        DeviceInfo usable = new DeviceInfo(DeviceSpec.parse("soft:0"), "name", 2, 1, "8.0", "CUDA 12.6", Optional.empty());
        DeviceInfo broken = DeviceInfo.unusable(DeviceSpec.parse("soft:1"), "it fails");
        assertThat(Devices.withRemarks(List.of(usable, broken), List.of("softcuda: X wants y, found 'z'")))
                .containsExactly(usable, DeviceInfo.unusable(broken.spec(), "it fails (softcuda: X wants y, found 'z')"));
        assertThat(Devices.withRemarks(List.of(broken), List.of())).containsExactly(broken);
    }

    @Test
    void linesKeepEveryField() {
        DeviceInfo usable = new DeviceInfo(DeviceSpec.parse("cuda:1"), "NVIDIA A100", 80L << 30, 79L << 30, "8.0", "CUDA 12.6, driver 560.35", Optional.empty());
        assertThat(DeviceInfo.fromLine(usable.toLine())).isEqualTo(usable);
        DeviceInfo broken = DeviceInfo.unusable(DeviceSpec.parse("cuda:0"), "no\tdriver\nat all");
        assertThat(DeviceInfo.fromLine(broken.toLine()).problem()).contains("no driver at all");
    }

    @Test
    void readsTheKernelDriversVersion(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("version");
        assertThat(DeviceProbe.kernelDriver(file)).isEmpty();
        Files.writeString(file, "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.161.08  Thu Feb 15 02:25:48 UTC 2024\n");
        assertThat(DeviceProbe.kernelDriver(file)).contains("535.161.08");
    }
}

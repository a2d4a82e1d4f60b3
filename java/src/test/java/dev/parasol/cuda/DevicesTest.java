package dev.parasol.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

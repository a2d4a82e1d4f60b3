package dev.parasol.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GpuRequirementsTest {
    @TempDir
    Path dev;

    private String problem(String visibleDevices) {
        return new GpuNodes(dev, visibleDevices).problem();
    }

    private void node(String name) throws IOException {
        Files.createFile(dev.resolve(name));
    }

    @Test
    void aGpuHasAControlNodeAndItsOwn() throws IOException {
        assertThat(problem(null)).contains("no device node").contains("nvidiactl");
        node("nvidiactl");
        assertThat(problem(null)).contains("none of a GPU");
        node("nvidia3");
        assertThat(problem(null)).isNull();
        assertThat(problem("0,1")).isNull();
    }

    @Test
    void theEnvironmentCanHideEveryGpu() throws IOException {
        node("nvidiactl");
        node("nvidia0");
        assertThat(problem("")).contains("CUDA_VISIBLE_DEVICES");
        assertThat(problem("-1")).contains("CUDA_VISIBLE_DEVICES");
    }

    @Test
    void windowsSubsystemHasOneNodeForAll() throws IOException {
        node("dxg");
        assertThat(problem(null)).isNull();
    }

    @Test
    void aMissingGpuIsAnErrorThatSaysWhyAndLeavesTheSoftwareDeviceUsable() {
        assumeFalse(GpuNodes.ofThisMachine().present(), "this machine has a GPU");
        assertThatThrownBy(() -> CudaContext.open(DeviceSpec.parse("cuda:0"))).isInstanceOf(DeviceUnavailableException.class)
                .hasMessageStartingWith("cuda:0 was asked for, but ").hasMessageContaining(GpuNodes.ofThisMachine().problem());
        CudaContext.open(DeviceSpec.parse("soft:0")).close();
    }

    @Test
    void aNumberBeyondTheDevicesIsAnErrorThatSaysHowManyThereAre() {
        assertThatThrownBy(() -> CudaContext.open(DeviceSpec.parse("soft:99"))).isInstanceOf(DeviceUnavailableException.class)
                .hasMessageContaining("soft:99 was asked for").hasMessageContaining("number");
    }

    @Test
    void oneProcessUsesOneKindOfDevice() {
        CudaContext.open(DeviceSpec.parse("soft:0")).close();
        assertThatThrownBy(() -> Driver.load(DeviceSpec.parse("cuda:0"))).isInstanceOf(DeviceUnavailableException.class)
                .hasMessageContaining("cuda:0").hasMessageContaining("already uses the software device").hasMessageContaining("one process");
    }

    @Test
    void anOldDriverIsNamedWithTheOneThatIsNeeded() {
        assertThat(GpuRequirements.driverProblem(11030, DriverFloor.of("7.0"))).contains("CUDA 11.3").contains("CUDA 11.4").contains("470.42");
        assertThat(GpuRequirements.driverProblem(11080, DriverFloor.of("8.0"))).contains("CUDA 11.8").contains("CUDA 12.0").contains("525.60");
        assertThat(GpuRequirements.driverProblem(11040, DriverFloor.of("7.0"))).isNull();
        assertThat(GpuRequirements.driverProblem(13000, DriverFloor.of("8.0"))).isNull();
    }

    @Test
    void anOldGpuIsNamedWithItsCapability() {
        assertThat(GpuRequirements.capabilityProblem(properties(7, 5))).contains("Some GPU").contains("7.5").contains("8.0");
        assertThat(GpuRequirements.capabilityProblem(properties(8, 0))).isNull();
        assertThat(GpuRequirements.capabilityProblem(properties(12, 0))).isNull();
    }

    private static DeviceProperties properties(int major, int minor) {
        return new DeviceProperties("Some GPU", 1L << 30, major, minor, 1, 1024, 48 << 10, 48 << 10, 64 << 10, true, 12060);
    }

    @Test
    void otherPlatformsAreRefusedByName() {
        assertThatThrownBy(() -> Platform.check("Mac OS X", "aarch64")).isInstanceOf(DeviceUnavailableException.class)
                .hasMessageContaining("Linux on x86-64 only").hasMessageContaining("Mac OS X on aarch64");
        assertThatThrownBy(() -> Platform.check("Linux", "aarch64")).isInstanceOf(DeviceUnavailableException.class);
        Platform.check("Linux", "amd64");
    }
}

package dev.parasol.cli;

import dev.parasol.cuda.DeviceInfo;
import dev.parasol.cuda.Devices;
import dev.parasol.cuda.DriverFloor;
import dev.parasol.memory.MemoryReport;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code parasol devices}: what there is to run on. */
@Command(
        name = "devices",
        description = "List the devices with their memory, compute capability and driver, and the driver that the kernels need.",
        mixinStandardHelpOptions = true)
final class DevicesCommand implements Callable<Integer> {
    private static final String ROW = "%-8s %-34s %12s %12s %-6s %s%n";

    @Override
    public Integer call() {
        List<DeviceInfo> devices = Devices.list();
        System.out.printf(Locale.ROOT, ROW, "device", "name", "memory", "free", "cap.", "driver");
        for (DeviceInfo device : devices) {
            if (device.problem().isPresent()) {
                System.out.printf(Locale.ROOT, "%-8s not usable: %s%n", device.spec(), device.problem().get());
            } else {
                System.out.printf(
                        Locale.ROOT,
                        ROW,
                        device.spec(),
                        device.name(),
                        MemoryReport.size(device.totalMemory()),
                        MemoryReport.size(device.freeMemory()),
                        device.capability(),
                        device.driver());
            }
        }
        System.out.println(DriverFloor.ofThisBuild(false)
                .map(floor -> "Kernels for GPUs are in this build: " + floor + " or newer; for GPUs of compute capability 9.0 "
                        + DriverFloor.ofThisBuild(true).orElseThrow() + " or newer.")
                .orElse("This build has no kernels for GPUs: build it where nvcc is on the path."));
        return 0;
    }
}

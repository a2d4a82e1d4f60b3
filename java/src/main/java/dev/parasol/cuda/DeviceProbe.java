package dev.parasol.cuda;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.JCudaDriver;

/** The child process of {@link Devices#list}: prints one marked line for each device of the kind given as argument. */
public final class DeviceProbe {
    static final String MARK = "parasol-device\t";

    private static final Path KERNEL_DRIVER = Path.of("/proc/driver/nvidia/version");
    private static final Pattern DRIVER_VERSION = Pattern.compile("\\b(\\d{3}\\.\\d+(?:\\.\\d+)?)\\b");

    private DeviceProbe() {
    }

    /** @param arguments {@code cuda:0} or {@code soft:0} */
    public static void main(String[] arguments) {
        DeviceSpec first = DeviceSpec.parse(arguments[0]);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try {
            Driver.load(first);
            int count = Driver.deviceCount();
            for (int i = 0; i < count; i++) {
                out.println(MARK + describe(new DeviceSpec(first.kind(), i)).toLine());
            }
            if (count == 0) {
                out.println(MARK + DeviceInfo.unusable(first, "the driver shows no device").toLine());
            }
        } catch (DeviceUnavailableException | CudaException e) {
            out.println(MARK + DeviceInfo.unusable(first, e.getMessage()).toLine());
        }
    }

    private static DeviceInfo describe(DeviceSpec spec) {
        try {
            CUdevice device = Driver.device(spec);
            DeviceProperties properties = DeviceProperties.of(device);
            return new DeviceInfo(spec, properties.name(), properties.totalMemory(), freeMemory(device),
                    properties.capabilityMajor() + "." + properties.capabilityMinor(), driver(spec, properties), problem(spec, properties));
        } catch (CudaException e) {
            return DeviceInfo.unusable(spec, e.getMessage());
        }
    }

    private static long freeMemory(CUdevice device) {
        CUcontext context = new CUcontext();
        Driver.check(JCudaDriver.cuDevicePrimaryCtxRetain(context, device), "cuDevicePrimaryCtxRetain");
        try {
            Driver.check(JCudaDriver.cuCtxSetCurrent(context), "cuCtxSetCurrent");
            long[] free = new long[1];
            Driver.check(JCudaDriver.cuMemGetInfo(free, new long[1]), "cuMemGetInfo");
            return free[0];
        } finally {
            Driver.check(JCudaDriver.cuDevicePrimaryCtxRelease(device), "cuDevicePrimaryCtxRelease");
        }
    }

    private static String driver(DeviceSpec spec, DeviceProperties properties) {
        String cuda = "CUDA " + DriverFloor.cudaText(properties.cudaVersion());
        return spec.kind() == DeviceSpec.Kind.SOFT ? cuda : kernelDriver(KERNEL_DRIVER).map(version -> cuda + ", driver " + version).orElse(cuda);
    }

    /** The kernel driver's version, where the system shows it (not on WSL). */
    static Optional<String> kernelDriver(Path file) {
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        try {
            Matcher matcher = DRIVER_VERSION.matcher(Files.readString(file));
            return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // the version is information only
        }
    }

    private static Optional<String> problem(DeviceSpec spec, DeviceProperties properties) {
        if (spec.kind() == DeviceSpec.Kind.SOFT) {
            return Optional.empty();
        }
        String version = PtxResource.highestVersion(properties.warpgroupProducts());
        if (version == null) {
            return Optional.of("this build has no PTX. " + PtxResource.HOW_TO_BUILD);
        }
        return Optional.ofNullable(GpuRequirements.driverProblem(properties.cudaVersion(), DriverFloor.of(version)))
                .or(() -> Optional.ofNullable(GpuRequirements.capabilityProblem(properties)));
    }
}

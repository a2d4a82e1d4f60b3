package dev.parasol.cuda;

import jcuda.driver.CUdevice;
import jcuda.driver.JCudaDriver;

/**
 * The driver library of this process. JCuda's natives resolve {@code libcuda.so.1} once, so the first device decides
 * between the software device and the machine's own driver for the life of the process.
 */
final class Driver {
    private static DeviceSpec.Kind bound;
    private static boolean initialised;

    private Driver() {
    }

    /**
     * Loads the natives and the driver library for a device's kind and initialises it.
     *
     * @throws DeviceUnavailableException when the process already uses the other kind, or the libraries cannot be loaded
     */
    static synchronized void load(DeviceSpec spec) {
        if (initialised && bound == spec.kind()) {
            return;
        }
        if (bound != null && bound != spec.kind()) {
            throw new DeviceUnavailableException(spec + " was asked for, but this process already uses "
                    + (bound == DeviceSpec.Kind.SOFT ? "the software device" : "the GPU driver")
                    + ": one process uses either software devices or GPUs");
        }
        Platform.check();
        boolean gpu = spec.kind() == DeviceSpec.Kind.CUDA;
        Natives.loadBridge();
        if (gpu) {
            String problem = Bridge.attachGpuDriver();
            if (problem != null) {
                throw new DeviceUnavailableException(spec + " was asked for, but the NVIDIA driver library cannot be loaded: " + problem
                        + " (install the NVIDIA driver; in a container, start it with the GPU's driver libraries)");
            }
        } else {
            Natives.loadSoftDevice();
            String problem = Bridge.attachSoftDevice();
            if (problem != null) {
                throw new DeviceUnavailableException(spec + " was asked for, but " + problem);
            }
        }
        bound = spec.kind();
        Natives.initialiseJCuda();
        JCudaDriver.setExceptionsEnabled(false); // JCuda's exception drops the error's number
        initialise(spec);
        initialised = true;
    }

    private static void initialise(DeviceSpec spec) {
        try {
            check(JCudaDriver.cuInit(0), "cuInit");
        } catch (CudaException e) {
            if (spec.kind() == DeviceSpec.Kind.SOFT) {
                throw e;
            }
            throw new DeviceUnavailableException(spec + " was asked for, but the NVIDIA driver does not start: " + e.getMessage()
                    + " (does nvidia-smi work here? After a driver update the machine must be restarted)", e);
        }
    }

    static CUdevice device(DeviceSpec spec) {
        int count = deviceCount();
        if (spec.ordinal() >= count) {
            throw new DeviceUnavailableException(spec + " was asked for, but the driver shows "
                    + (count == 0 ? "no device" : count == 1 ? "one device, number 0" : count + " devices, numbers 0 to " + (count - 1)));
        }
        CUdevice device = new CUdevice();
        check(JCudaDriver.cuDeviceGet(device, spec.ordinal()), "cuDeviceGet");
        return device;
    }

    static int deviceCount() {
        int[] count = new int[1];
        check(JCudaDriver.cuDeviceGetCount(count), "cuDeviceGetCount");
        return count[0];
    }

    /** The newest CUDA version the driver supports, as 1000 * major + 10 * minor. */
    static int cudaVersion() {
        int[] version = new int[1];
        check(JCudaDriver.cuDriverGetVersion(version), "cuDriverGetVersion");
        return version[0];
    }

    /** Throws when the result is an error; for calls outside any context. */
    static void check(int result, String call) {
        if (result != 0) {
            throw new CudaException(result, call);
        }
    }
}

package dev.parasol.cuda;

import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.JCudaDriver;

import java.nio.charset.StandardCharsets;

/**
 * What a device is. Sizes in bytes.
 *
 * @param name                            the driver's name of the device
 * @param totalMemory                     device memory
 * @param capabilityMajor                 compute capability, first number
 * @param capabilityMinor                 compute capability, second number
 * @param multiprocessors                 number of streaming multiprocessors
 * @param maxThreadsPerBlock              largest block
 * @param sharedMemoryPerBlock            shared memory a block has without asking
 * @param sharedMemoryPerBlockOptIn       shared memory a block can have after {@link Kernel#setDynamicShared}
 * @param sharedMemoryPerMultiprocessor   shared memory of one multiprocessor
 * @param virtualMemory                   whether physical memory can be mapped into reserved addresses
 * @param cudaVersion                     the newest CUDA version that the driver supports, as 1000 * major + 10 * minor
 */
public record DeviceProperties(
        String name,
        long totalMemory,
        int capabilityMajor,
        int capabilityMinor,
        int multiprocessors,
        int maxThreadsPerBlock,
        int sharedMemoryPerBlock,
        int sharedMemoryPerBlockOptIn,
        int sharedMemoryPerMultiprocessor,
        boolean virtualMemory,
        int cudaVersion) {

    /** Whether kernels for {@code sm_90a} run: bulk copies and products of warpgroups, which capability 9.0 has and no other. */
    public boolean warpgroupProducts() {
        return capabilityMajor == 9 && capabilityMinor == 0;
    }

    static DeviceProperties of(CUdevice device) {
        byte[] name = new byte[256];
        Driver.check(JCudaDriver.cuDeviceGetName(name, name.length, device), "cuDeviceGetName");
        int length = 0;
        while (length < name.length && name[length] != 0) {
            length++;
        }
        long[] total = new long[1];
        Driver.check(JCudaDriver.cuDeviceTotalMem(total, device), "cuDeviceTotalMem");
        return new DeviceProperties(
                new String(name, 0, length, StandardCharsets.UTF_8),
                total[0],
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_VIRTUAL_MEMORY_MANAGEMENT_SUPPORTED) != 0,
                Driver.cudaVersion());
    }

    private static int attribute(CUdevice device, int attribute) {
        int[] value = new int[1];
        Driver.check(JCudaDriver.cuDeviceGetAttribute(value, attribute, device), "cuDeviceGetAttribute");
        return value[0];
    }
}

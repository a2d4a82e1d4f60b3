package dev.parasol.cuda;

/** What a GPU must have before anything is launched on it; each check says what is missing and what would help. */
final class GpuRequirements {
    private static final int LEAST_CAPABILITY = 80;

    private GpuRequirements() {
    }

    /** The checks that need no driver, so that the process can still use the software device when they fail. */
    static void checkBeforeLoading(DeviceSpec spec) {
        check(spec, GpuNodes.ofThisMachine().problem());
        if (!PtxResource.anyInThisBuild()) {
            check(spec, "this build has no PTX. " + PtxResource.HOW_TO_BUILD);
        }
    }

    static void checkDriver(DeviceSpec spec, DeviceProperties properties) {
        check(spec, driverProblem(properties.cudaVersion(), DriverFloor.of(PtxResource.highestVersion(properties.warpgroupProducts()))));
        check(spec, capabilityProblem(properties));
    }

    static String driverProblem(int cudaVersion, DriverFloor ptx) {
        DriverFloor floor = ptx.cuda() > DriverFloor.JCUDA.cuda() ? ptx : DriverFloor.JCUDA;
        return cudaVersion >= floor.cuda() ? null
                : "its driver supports CUDA " + DriverFloor.cudaText(cudaVersion) + ", and CUDA " + DriverFloor.cudaText(floor.cuda())
                        + " (driver " + floor.driver() + ") is the least that Parasol needs: update the NVIDIA driver";
    }

    static String capabilityProblem(DeviceProperties properties) {
        int capability = 10 * properties.capabilityMajor() + properties.capabilityMinor();
        return capability >= LEAST_CAPABILITY ? null
                : properties.name() + " has compute capability " + properties.capabilityMajor() + "." + properties.capabilityMinor()
                        + ", and 8.0 (Ampere) is the least that Parasol needs";
    }

    static void check(DeviceSpec spec, String problem) {
        if (problem != null) {
            throw new DeviceUnavailableException(spec + " was asked for, but " + problem);
        }
    }
}

package dev.parasol.cuda;

import java.util.Optional;

/**
 * The oldest driver that can compile a version of PTX. Source: the release notes of the PTX ISA (which CUDA brought which
 * version) and of the CUDA toolkit (the driver for Linux that each came with).
 *
 * @param ptx    PTX ISA version, such as {@code 7.0}
 * @param cuda   CUDA version, as 1000 * major + 10 * minor
 * @param driver the Linux driver that first supported it
 */
public record DriverFloor(String ptx, int cuda, String driver) {
    private static final DriverFloor[] TABLE = {
        new DriverFloor("7.0", 11000, "450.36"),
        new DriverFloor("7.1", 11010, "455.23"),
        new DriverFloor("7.2", 11020, "460.27"),
        new DriverFloor("7.3", 11030, "465.19"),
        new DriverFloor("7.4", 11040, "470.42"),
        new DriverFloor("7.5", 11050, "495.29"),
        new DriverFloor("7.6", 11060, "510.39"),
        new DriverFloor("7.7", 11070, "515.43"),
        new DriverFloor("7.8", 11080, "520.61"),
        new DriverFloor("8.0", 12000, "525.60"),
        new DriverFloor("8.1", 12010, "530.30"),
        new DriverFloor("8.2", 12020, "535.54"),
        new DriverFloor("8.3", 12030, "545.23"),
        new DriverFloor("8.4", 12040, "550.54"),
        new DriverFloor("8.5", 12050, "555.42"),
        new DriverFloor("8.6", 12070, "565.57"),
        new DriverFloor("8.7", 12080, "570.26"),
        new DriverFloor("8.8", 12090, "575.51"),
        new DriverFloor("9.0", 13000, "580.65"),
    };

    /** The driver that JCuda 12.6 needs whatever the PTX: it instantiates graphs by a call of CUDA 11.4. */
    static final DriverFloor JCUDA = of("7.4");

    /** @throws IllegalArgumentException for a PTX version that is not in the table */
    public static DriverFloor of(String ptx) {
        for (DriverFloor floor : TABLE) {
            if (floor.ptx.equals(ptx)) {
                return floor;
            }
        }
        throw new IllegalArgumentException("No driver is known for PTX " + ptx);
    }

    /**
     * The floor of the PTX in this build, or empty when it was built without.
     *
     * @param warpgroupProducts whether the device has {@link DeviceProperties#warpgroupProducts()} and loads kernels for them too
     */
    public static Optional<DriverFloor> ofThisBuild(boolean warpgroupProducts) {
        return Optional.ofNullable(PtxResource.highestVersion(warpgroupProducts)).map(DriverFloor::of);
    }

    /** Such as {@code PTX 7.0: CUDA 11.0, driver 450.36}. */
    @Override
    public String toString() {
        return "PTX " + ptx + ": CUDA " + cudaText(cuda) + ", driver " + driver;
    }

    /** Such as {@code 12.6} for 12060. */
    static String cudaText(int cuda) {
        return cuda / 1000 + "." + cuda % 1000 / 10;
    }
}

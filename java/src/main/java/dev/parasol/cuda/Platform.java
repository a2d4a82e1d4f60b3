package dev.parasol.cuda;

/** The natives are built for Linux on x86-64 alone. */
final class Platform {
    private Platform() {
    }

    static void check() {
        check(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    static void check(String system, String architecture) {
        if (!system.equals("Linux") || !(architecture.equals("amd64") || architecture.equals("x86_64"))) {
            throw new DeviceUnavailableException("Parasol runs on Linux on x86-64 only; this is " + system + " on " + architecture);
        }
    }
}

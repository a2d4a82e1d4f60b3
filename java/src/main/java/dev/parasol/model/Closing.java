package dev.parasol.model;

/** Closes several resources, whatever fails on the way. */
final class Closing {
    private Closing() {}

    /** Closes the resources in their order, nulls left out; the first failure is thrown in the end, with the others in it. */
    static void all(AutoCloseable... resources) {
        RuntimeException failure = null;
        for (AutoCloseable resource : resources) {
            try {
                if (resource != null) {
                    resource.close();
                }
            } catch (Exception e) {
                if (failure == null) {
                    failure = e instanceof RuntimeException r ? r : new IllegalStateException(e);
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}

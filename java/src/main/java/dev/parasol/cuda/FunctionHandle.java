package dev.parasol.cuda;

import jcuda.driver.CUfunction;

/** A kernel's handle whose number the bridge can have. */
final class FunctionHandle extends CUfunction {
    long address() {
        return getNativePointer();
    }
}

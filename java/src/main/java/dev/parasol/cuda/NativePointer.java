package dev.parasol.cuda;

import jcuda.Pointer;

/** A host address for JCuda. Made for one call: JCuda's natives write to these objects, so threads must not share one. */
final class NativePointer extends Pointer {
    NativePointer() {
    }

    NativePointer(long address) {
        super(address);
    }

    long address() {
        return getNativePointer();
    }
}

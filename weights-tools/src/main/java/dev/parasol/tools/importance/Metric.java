package dev.parasol.tools.importance;

import java.util.Locale;

/** A measure of how much a layer matters: the larger, the more. */
public enum Metric {
    /** 1 - cos of the hidden states before and after the layer, mean over frames or tokens (Men et al., ShortGPT, 2024). */
    BLOCK_INFLUENCE,
    /** Angle between the hidden states before and after a run of layers, over pi (Gromov et al., 2024). */
    ANGULAR,
    /** 1 - linear CKA of the hidden states before and after the layer (Kornblith et al., 2019). */
    CKA,
    /** The first-order change of the loss when the layer's branch is turned down (Molchanov et al., 2017). */
    TAYLOR,
    /** Errors when this layer alone is removed. */
    LEAVE_ONE_OUT;

    /** As users write it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

package dev.parasol.model;

import dev.parasol.memory.Region;

/** A model with one slab of activations and one pass at a time through it. */
abstract class SlabModel implements ReclaimableModel {
    final Region slab;
    final ForwardPass pass;
    final PlanCache plans;

    SlabModel(Region slab, ForwardPass pass, PlanCache plans) {
        this.slab = slab;
        this.pass = pass;
        this.plans = plans;
    }

    @Override
    public final long reserved() {
        return slab.mapped();
    }

    @Override
    public final void drain() {
        pass.stream().synchronize();
    }

    @Override
    public final void trim() {
        slab.trim(0);
    }

    @Override
    public final void evict() {
        pass.graphs().clear();
        plans.clear();
    }
}

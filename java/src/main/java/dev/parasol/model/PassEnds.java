package dev.parasol.model;

/**
 * Where a pass begins and ends.
 *
 * @param input waveforms ({@code [1, samples]}) or features, to be uploaded before the first step
 * @param ids the token ids
 */
record PassEnds(PlannedBuffer input, PlannedBuffer ids) {}

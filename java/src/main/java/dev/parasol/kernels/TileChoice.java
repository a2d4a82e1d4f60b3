package dev.parasol.kernels;

/**
 * How one matrix product is launched: its tile and the depth of the tile's ring. Any choice gives the same bits; it is a matter of speed alone.
 *
 * @param tile   what its kernel's name ends with: rows and columns, such as {@code 128x256}, or in products of warpgroups one number
 * @param stages slices of 128 bytes of a row of K, in fp32 of 64, that are in shared memory at once
 */
public record TileChoice(String tile, int stages) {
}

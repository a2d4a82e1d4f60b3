package dev.parasol.kernels;

/**
 * How one matrix product is launched: its tile and the depth of the tile's ring. Any choice gives the same bits; it is a matter of speed alone.
 *
 * @param tile   a tile's rows and columns, such as {@code 128x256}
 * @param stages slices of 64 columns of K that are in shared memory at once
 */
public record TileChoice(String tile, int stages) {
}

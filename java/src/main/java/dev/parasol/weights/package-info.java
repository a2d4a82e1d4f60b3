/**
 * FunASR model folders and checkpoints, and their way to the device.
 *
 * <p>Everything a folder contains is untrusted: nothing in it is executed, declared sizes are checked against the file
 * before anything is allocated, and every complaint is a {@link dev.parasol.weights.ModelException} that names the file,
 * what was found and what was expected.
 */
package dev.parasol.weights;

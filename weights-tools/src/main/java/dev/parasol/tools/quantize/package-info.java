/** Calibration of activations, SmoothQuant, the choice of a scheme for each linear layer, and int8 checkpoints. */
package dev.parasol.tools.quantize;

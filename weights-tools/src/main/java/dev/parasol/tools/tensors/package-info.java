/** Checkpoints seen differently (some tensors renamed, dropped or replaced), and model folders written from them. */
package dev.parasol.tools.tensors;

/** Removing layers, channels, heads and weights, and mending what is left in closed form. */
package dev.parasol.tools.prune;

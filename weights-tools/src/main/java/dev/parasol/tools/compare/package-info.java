/** Two models on the same recordings: how far their layers and outputs are apart, and what each costs. */
package dev.parasol.tools.compare;

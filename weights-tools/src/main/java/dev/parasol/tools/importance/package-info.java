/** How much each layer matters, by several measures. */
package dev.parasol.tools.importance;

/** Finds the settings at which speed and memory are in balance, by measuring. */
package dev.parasol.tuning;

/** Recordings: from a file to 16 kHz mono samples. */
package dev.parasol.audio;

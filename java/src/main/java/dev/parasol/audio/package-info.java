/**
 * Recordings: from a file to 16 kHz mono samples.
 *
 * <p>WAV and FLAC are decoded here. Of the FLAC decoders on Maven Central the one in general use, {@code org.jflac}, had its last
 * release in 2018, is under the LGPL and was not made for hostile input; the format is small and openly specified (RFC 9639).
 */
package dev.parasol.audio;

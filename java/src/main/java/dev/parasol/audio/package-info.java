/**
 * Recordings: from a file or a pipe to 16 kHz mono samples, block by block ({@link dev.parasol.audio.AudioStream}) or as a whole
 * ({@link dev.parasol.audio.AudioReader}).
 *
 * <p>WAV and FLAC are decoded here. The FLAC decoders on Maven Central ({@code org.jflac}, {@code javasound-flac}) are under the LGPL;
 * the format is small and openly specified (RFC 9639), and a decoder of our own keeps memory and time in bounds whatever a file holds.
 */
package dev.parasol.audio;

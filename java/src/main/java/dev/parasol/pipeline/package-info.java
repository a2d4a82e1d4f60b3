/** The library's face: {@link dev.parasol.pipeline.Recognizer}, its batches and its results. */
package dev.parasol.pipeline;

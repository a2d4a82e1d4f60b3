/** Recordings with what was said in them: Kaldi's files, and harder sets made of easier ones. */
package dev.parasol.tools.data;

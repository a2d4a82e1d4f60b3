/** Experiments over a whole model, resumable, with their results as tables and plots. */
package dev.parasol.tools.study;

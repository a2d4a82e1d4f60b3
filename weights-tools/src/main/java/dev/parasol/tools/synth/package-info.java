/** Random models in FunASR's format. */
package dev.parasol.tools.synth;

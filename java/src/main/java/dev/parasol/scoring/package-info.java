/** Word and character errors, and how sure one can be of them. */
package dev.parasol.scoring;

/** Results as plots and as pages that need nothing but a browser. */
package dev.parasol.tools.report;

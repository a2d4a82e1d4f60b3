/** Models on a device, with their layers masked and their weights changed, and what they compute. */
package dev.parasol.tools.run;

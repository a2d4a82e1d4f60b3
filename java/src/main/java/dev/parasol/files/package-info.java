/** Files as a user names them: written whole or not at all, and failures in plain words. The lowest floor. */
package dev.parasol.files;

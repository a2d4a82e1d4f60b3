package dev.parasol.scoring;

/**
 * What it takes to make a hypothesis of a reference.
 *
 * @param length units of the reference
 */
public record Edits(int substitutions, int deletions, int insertions, int length) {
    /** All of them. */
    public int errors() {
        return substitutions + deletions + insertions;
    }
}

package dev.parasol.bench.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A kernel's size as given on the command line: {@code 6000,1536,512}. Immutable.
 *
 * @param sizes each above zero
 */
public record Shape(List<Integer> sizes) {
    /** Sizes in their order. */
    public static Shape of(int... sizes) {
        return new Shape(Arrays.stream(sizes).boxed().toList());
    }

    /** Parses numbers between commas; {@link IllegalArgumentException} where there is something else, or a number below one. */
    public static Shape parse(String text) {
        try {
            List<Integer> sizes = Arrays.stream(text.split(",", -1)).map(part -> Integer.valueOf(part.strip())).toList();
            if (sizes.stream().anyMatch(size -> size < 1)) {
                throw new IllegalArgumentException("'" + text + "' is no shape: every size must be at least 1");
            }
            return new Shape(sizes);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is no shape: expected numbers such as 6000,1536,512", e);
        }
    }

    /** Size i. */
    public int get(int i) {
        return sizes.get(i);
    }

    @Override
    public String toString() {
        return sizes.stream().map(String::valueOf).collect(Collectors.joining("x"));
    }
}

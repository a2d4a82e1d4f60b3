package dev.parasol.weights;

import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.ConstructorException;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Plain YAML in memory and time that are linear in the text: no tag makes an object, aliases and nesting are bounded, and
 * so is the length of what a tag calls a number: Java takes minutes for a whole number of a million digits. (Without a tag
 * SnakeYAML itself takes a long scalar for text.)
 */
final class PlainYaml {
    private static final int MOST_ALIASES = 20;
    private static final int MOST_NESTING = 32;
    /** Characters of a number, date or truth value. */
    private static final int MOST_NUMBER = 1024;

    private PlainYaml() {}

    /**
     * The value of a document: mappings, lists, text, numbers, dates and truth values.
     *
     * @throws RuntimeException of whatever kind: SnakeYAML lets others than its own escape on malformed scalars
     */
    static Object load(String yaml, int mostCharacters) {
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(MOST_ALIASES);
        options.setNestingDepthLimit(MOST_NESTING);
        options.setCodePointLimit(mostCharacters);
        options.setAllowDuplicateKeys(false);
        options.setAllowRecursiveKeys(false);
        return new Yaml(new ShortScalars(options)).load(yaml);
    }

    /** Refuses a long scalar that is no text. */
    private static final class ShortScalars extends SafeConstructor {
        ShortScalars(LoaderOptions options) {
            super(options);
        }

        @Override
        protected String constructScalar(ScalarNode node) {
            if (node.getValue().length() > MOST_NUMBER && !node.getTag().equals(Tag.STR)) {
                throw new LongScalar(node);
            }
            return super.constructScalar(node);
        }
    }

    private static final class LongScalar extends ConstructorException {
        private static final long serialVersionUID = 1;

        LongScalar(ScalarNode node) {
            super(null, null, "a scalar of " + node.getValue().length() + " characters under the tag " + node.getTag(), node.getStartMark());
        }
    }
}

package dev.parasol.weights;

import java.io.StringReader;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.ConstructorException;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Plain YAML in memory and time that are bounded by the text: no tag makes an object, and aliases and nesting are limited.
 * Two things are refused before any value is made of them: collections as keys, which would be hashed and can contain
 * themselves, and what a tag calls a number but is very long, since Java takes minutes for a million digits. (Without a tag
 * SnakeYAML itself takes a long scalar for text.)
 */
final class PlainYaml {
    private static final int MOST_ALIASES = 20;
    private static final int MOST_NESTING = 32;
    /** Characters of a number, date or truth value. */
    private static final int MOST_NUMBER = 1024;

    private PlainYaml() {}

    /**
     * The value of a document: mappings, lists, text, numbers, dates and truth values; null when there is none.
     *
     * @throws RuntimeException of whatever kind: SnakeYAML lets others than its own escape on malformed scalars
     */
    static Object load(String yaml, int mostCharacters) {
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(MOST_ALIASES);
        options.setNestingDepthLimit(MOST_NESTING);
        options.setCodePointLimit(mostCharacters);
        options.setAllowRecursiveKeys(false);
        Node root = new Yaml(options).compose(new StringReader(yaml));
        if (root == null) {
            return null;
        }
        check(root);
        return new Values(options).of(root);
    }

    private static void check(Node root) {
        Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Node> waiting = new ArrayDeque<>();
        waiting.add(root);
        while (!waiting.isEmpty()) {
            Node node = waiting.remove();
            if (!seen.add(node)) {
                continue;
            }
            if (node instanceof ScalarNode scalar && scalar.getValue().length() > MOST_NUMBER && !scalar.getTag().equals(Tag.STR)) {
                throw new Refusal("a scalar of " + scalar.getValue().length() + " characters under the tag " + scalar.getTag(), node);
            } else if (node instanceof SequenceNode sequence) {
                waiting.addAll(sequence.getValue());
            } else if (node instanceof MappingNode mapping) {
                for (NodeTuple item : mapping.getValue()) {
                    if (!(item.getKeyNode() instanceof ScalarNode)) {
                        throw new Refusal("a key that is no scalar", item.getKeyNode());
                    }
                    waiting.add(item.getKeyNode());
                    waiting.add(item.getValueNode());
                }
            }
        }
    }

    private static final class Values extends SafeConstructor {
        Values(LoaderOptions options) {
            super(options);
            setAllowDuplicateKeys(false);
        }

        Object of(Node root) {
            return constructDocument(root);
        }
    }

    private static final class Refusal extends ConstructorException {
        private static final long serialVersionUID = 1;

        Refusal(String problem, Node node) {
            super(null, null, problem, node.getStartMark());
        }
    }
}

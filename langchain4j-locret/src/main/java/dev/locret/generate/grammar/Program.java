package dev.locret.generate.grammar;

import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * A grammar whose parts are numbered, checked and measured, ready to run. Immutable.
 *
 * <p>The <em>height</em> of a part is the least number of frames that its shortest nesting puts on the stack: a part is
 * only begun where its height still fits below {@link #MAX_DEPTH}, so that recursion always finds its way back.
 */
final class Program {
    /** Kinds of parts. */
    static final byte END = 0;

    static final byte TERMINAL = 1;
    static final byte SEQUENCE = 2;
    static final byte CHOICE = 3;
    static final byte REPEAT = 4;
    static final byte REFERENCE = 5;

    /** Most parts; schemas of real services have some thousands. */
    static final int MAX_NODES = 100_000;

    /** Most frames on a stack. Each bracket of JSON needs one or two, and readers such as Jackson stop at 1000 brackets. */
    static final int MAX_DEPTH = 900;

    private static final int NEVER = Integer.MAX_VALUE;

    final byte[] kinds;
    final int[][] children;
    final int[] min;
    final int[] max;
    final ByteAutomaton[] terminals;
    final int[] heights;
    final boolean[] nullable;
    final int[] classOf;
    final int[] representatives;

    private Program(List<Node> nodes, Map<Node, Integer> numbers) {
        int size = nodes.size();
        kinds = new byte[size];
        children = new int[size][];
        min = new int[size];
        max = new int[size];
        terminals = new ByteAutomaton[size];
        for (int i = 1; i < size; i++) {
            fill(i, nodes.get(i), numbers);
        }
        children[END] = new int[0];
        heights = new int[size];
        nullable = new boolean[size];
        classOf = byteClasses(terminals);
        representatives = new int[Arrays.stream(classOf).max().orElse(0) + 1];
        for (int value = 0; value < 256; value++) {
            representatives[classOf[value]] = value;
        }
    }

    /**
     * Numbers the parts of a grammar; part 0 is the end, part 1 the root.
     *
     * @throws LocretException ({@code grammar}) if the grammar has no sentence, a part that contains itself before
     *     anything else, or too many parts
     */
    static Program of(Node root) {
        Map<Node, Integer> numbers = new IdentityHashMap<>();
        List<Node> nodes = new ArrayList<>();
        nodes.add(null);
        nodes.add(root);
        numbers.put(root, 1);
        for (int i = 1; i < nodes.size(); i++) {
            for (Node child : childrenOf(nodes.get(i))) {
                if (numbers.putIfAbsent(child, nodes.size()) == null) {
                    nodes.add(child);
                }
            }
            Checks.check(
                    nodes.size() <= MAX_NODES,
                    ErrorId.GRAMMAR,
                    () -> "grammar: too many parts: parts>" + MAX_NODES + ", allowed=" + MAX_NODES);
        }
        Program program = new Program(nodes, numbers);
        program.measure();
        new LeftRecursion(program).check();
        return program;
    }

    private static List<Node> childrenOf(Node node) {
        if (node instanceof Node.Sequence) {
            return ((Node.Sequence) node).parts();
        } else if (node instanceof Node.Choice) {
            return ((Node.Choice) node).options();
        } else if (node instanceof Node.Repeat) {
            return List.of(((Node.Repeat) node).item());
        } else if (node instanceof Node.Reference) {
            return List.of(((Node.Reference) node).target);
        }
        return List.of();
    }

    private void fill(int number, Node node, Map<Node, Integer> numbers) {
        children[number] = childrenOf(node).stream().mapToInt(numbers::get).toArray();
        if (node instanceof Node.Terminal) {
            kinds[number] = TERMINAL;
            terminals[number] = ((Node.Terminal) node).automaton();
        } else if (node instanceof Node.Sequence) {
            kinds[number] = SEQUENCE;
        } else if (node instanceof Node.Choice) {
            kinds[number] = CHOICE;
        } else if (node instanceof Node.Repeat) {
            kinds[number] = REPEAT;
            min[number] = ((Node.Repeat) node).min();
            max[number] = ((Node.Repeat) node).max();
        } else {
            kinds[number] = REFERENCE;
        }
    }

    /** Bytes that no terminal tells apart share a class. */
    private static int[] byteClasses(ByteAutomaton[] terminals) {
        ByteClasses classes = new ByteClasses();
        for (ByteAutomaton terminal : terminals) {
            if (terminal != null) {
                classes.refine(terminal.classes());
            }
        }
        return classes.classOf();
    }

    /** Heights and empty sentences, from the terminals up to whatever contains them. */
    private void measure() {
        int size = kinds.length;
        int[][] parents = parents();
        Arrays.fill(heights, NEVER);
        heights[END] = 0;
        int[] work = new int[size];
        boolean[] waiting = new boolean[size];
        int count = 0;
        for (int i = size - 1; i > 0; i--) {
            work[count++] = i;
            waiting[i] = true;
        }
        int first = 0;
        while (count > 0) {
            int node = work[first];
            first = (first + 1) % size;
            count--;
            waiting[node] = false;
            int height = height(node);
            boolean empty = empty(node);
            if (height < heights[node] || empty != nullable[node]) {
                heights[node] = height;
                nullable[node] = empty;
                for (int parent : parents[node]) {
                    if (!waiting[parent]) {
                        waiting[parent] = true;
                        work[(first + count++) % size] = parent;
                    }
                }
            }
        }
        Checks.check(heights[1] != NEVER, ErrorId.GRAMMAR, () -> "grammar: has no sentence: nothing can satisfy it");
        Checks.check(
                heights[1] <= MAX_DEPTH,
                ErrorId.GRAMMAR,
                () -> "grammar: nests too deep: depth=" + heights[1] + ", allowed=" + MAX_DEPTH);
    }

    private int[][] parents() {
        int[] counts = new int[kinds.length];
        for (int[] list : children) {
            for (int child : list) {
                counts[child]++;
            }
        }
        int[][] parents = new int[kinds.length][];
        Arrays.setAll(parents, i -> new int[counts[i]]);
        for (int node = 0; node < children.length; node++) {
            for (int child : children[node]) {
                parents[child][--counts[child]] = node;
            }
        }
        return parents;
    }

    private int height(int node) {
        int[] parts = children[node];
        switch (kinds[node]) {
            case SEQUENCE:
                int highest = 0;
                for (int i = 0; i < parts.length; i++) {
                    highest = Math.max(highest, above(heights[parts[i]], i + 1 < parts.length ? 1 : 0));
                }
                return highest;
            case CHOICE:
                return Arrays.stream(parts).map(i -> heights[i]).min().orElse(NEVER);
            case REPEAT:
                return min[node] == 0 ? 0 : above(heights[parts[0]], 1);
            case REFERENCE:
                return heights[parts[0]];
            default:
                return 0;
        }
    }

    private static int above(int height, int frames) {
        return height == NEVER ? NEVER : height + frames;
    }

    private boolean empty(int node) {
        int[] parts = children[node];
        switch (kinds[node]) {
            case SEQUENCE:
                return Arrays.stream(parts).allMatch(i -> nullable[i]);
            case CHOICE:
            case REFERENCE:
                return Arrays.stream(parts).anyMatch(i -> nullable[i]);
            case REPEAT:
                return min[node] == 0;
            default:
                return terminals[node].accepts(0);
        }
    }

    /** Whether a part can be begun with this many frames below it. */
    boolean fits(int node, int depth) {
        return heights[node] <= MAX_DEPTH - depth;
    }
}

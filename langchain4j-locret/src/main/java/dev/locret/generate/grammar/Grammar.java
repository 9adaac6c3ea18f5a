package dev.locret.generate.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import dev.locret.common.Checks;
import dev.locret.generate.TokenConstraint;
import java.lang.ref.SoftReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * A language that answers can be held to, token by token. Immutable and safe for several threads; what is worked out for
 * one answer serves the next, so a grammar that is used again should be kept.
 *
 * <p>JSON is written compactly: at most one space after a comma or a colon, members in the order of the schema.
 */
public final class Grammar implements Language {
    private final Node root;
    private final Map<TokenVocabulary, SoftReference<Automaton>> automata = new WeakHashMap<>();
    private Program program;

    private Grammar(Node root) {
        this.root = root;
    }

    /**
     * The JSON texts that satisfy a schema.
     *
     * @throws dev.locret.common.LocretException ({@code grammar}) if the schema holds what is not supported, with the
     *     path; if nothing can satisfy it; or if it is too large
     */
    public static Grammar ofJsonSchema(JsonNode schema) {
        Grammar grammar = new Grammar(new SchemaCompiler(Checks.notNull("schema", schema)).compile());
        grammar.program();
        return grammar;
    }

    /** As above, for a schema as text. */
    public static Grammar ofJsonSchema(String schema) {
        return ofJsonSchema(SchemaLimits.parse(Checks.notNull("schema", schema)));
    }

    /** Any JSON object. */
    public static Grammar anyJsonObject() {
        return new Grammar(AnyJson.OBJECT);
    }

    /** Any JSON value. */
    public static Grammar anyJson() {
        return new Grammar(AnyJson.VALUE);
    }

    /** Exactly a text. */
    public static Grammar literal(String text) {
        return new Grammar(Node.literal(Checks.notNull("text", text)));
    }

    /**
     * A control token of the model, such as {@code [TOOL_CALLS]}; a vocabulary without it cannot go on here.
     *
     * @param name the token as the vocabulary writes it
     */
    public static Grammar controlToken(String name) {
        byte[] bytes = TokenVocabulary.control(Checks.notNull("name", name));
        return new Grammar(new Node.Terminal(ByteAutomaton.literal(bytes)));
    }

    /** One grammar after the other. */
    public static Grammar sequence(Grammar... parts) {
        return new Grammar(new Node.Sequence(nodes(parts)));
    }

    /** One of several grammars. */
    public static Grammar choice(Grammar... options) {
        return new Grammar(new Node.Choice(nodes(options)));
    }

    /**
     * Several times the same.
     *
     * @param item has no empty sentence, unless the separator has none
     * @param separator text between two items, possibly empty
     * @param min least times
     * @param max most times, {@code Integer.MAX_VALUE} for no limit
     */
    public static Grammar repeat(Grammar item, String separator, int min, int max) {
        Checks.inRange("min", min, 0, Integer.MAX_VALUE);
        Checks.inRange("max", max, min, Integer.MAX_VALUE);
        return new Grammar(Node.separated(item.root, Node.literal(separator), min, max));
    }

    private static List<Node> nodes(Grammar[] grammars) {
        List<Node> nodes = new ArrayList<>();
        for (Grammar grammar : grammars) {
            nodes.add(grammar.root);
        }
        return List.copyOf(nodes);
    }

    /**
     * Begins an answer.
     *
     * @throws dev.locret.common.LocretException ({@code grammar}) if the grammar has no sentence, refers to itself
     *     without progress, or is too large
     */
    @Override
    public TokenConstraint start(TokenVocabulary vocabulary) {
        Automaton automaton = automaton(vocabulary);
        return new GrammarConstraint(automaton, automaton.start());
    }

    /**
     * As above, with something said already, white space in front of it apart.
     *
     * @param said bytes as characters
     * @return null if no sentence begins with it
     */
    TokenConstraint startWith(TokenVocabulary vocabulary, String said) {
        Automaton automaton = automaton(vocabulary);
        State state = automaton.start();
        // A blank may be one that the grammar knows, or one that tokens bring along.
        State next = said.isBlank() ? state : automaton.advance(state, said.getBytes(StandardCharsets.ISO_8859_1));
        if (next.dead()) {
            next = automaton.advance(state, said.stripLeading().getBytes(StandardCharsets.ISO_8859_1));
        }
        return next.dead() ? null : new GrammarConstraint(automaton, next);
    }

    private synchronized Automaton automaton(TokenVocabulary vocabulary) {
        SoftReference<Automaton> known = automata.get(vocabulary);
        Automaton automaton = known == null ? null : known.get();
        if (automaton == null) {
            automaton = new Automaton(program(), vocabulary);
            automata.put(vocabulary, new SoftReference<>(automaton));
        }
        return automaton;
    }

    /** The grammar, ready to run. */
    synchronized Program program() {
        if (program == null) {
            program = Program.of(root);
        }
        return program;
    }
}
